using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class HelpCommand(IAccess access) : ChatCommand<NoArguments>
{
    public override string Name => "help";

    public override IReadOnlyList<string> Synonyms => ["?", "hi", "hello", "commands", "menu", "start", "what can you do"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new("help", "this list")];

    public override ChatRequest Read(CommandText text) => For(default);

    protected override Task<OutgoingMessage> AnswerAsync(NoArguments arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        Task.FromResult(Reply.Card(MessageCards.Help(turn.Help, access.EverybodyIsAdministrator)));
}

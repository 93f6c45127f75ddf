using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class PendingCommand(PendingLists lists) : ChatCommand<ClientArgument>
{
    public override string Name => "pending";

    public override IReadOnlyList<string> Synonyms =>
        ["list", "waiting", "open", "todo", "show pending", "view pending", "get pending", "details pending"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new("pending [client]", "what waits for a decision")];

    public override ChatRequest Read(CommandText text) => For(new(text.Client));

    protected override Task<OutgoingMessage> AnswerAsync(ClientArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        lists.PageAsync(turn, arguments.Client, page: 0, cancellationToken);
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class WhyCommand(IncidentAnswers incidents) : ChatCommand<IncidentArgument>
{
    private const string Usage = "why CON-1001";

    public override string Name => "why";

    public override IReadOnlyList<string> Synonyms => ["audit", "history"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new(Usage, "its story: who decided what and why, what was done, what is open; and every ledger entry")];

    public override ChatRequest Read(CommandText text) => OfIncident(text, Usage, id => For(new(id)));

    protected override Task<OutgoingMessage> AnswerAsync(IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        incidents.WhyAsync(turn, arguments.IncidentId, cancellationToken);
}

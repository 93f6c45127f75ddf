using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class RedraftCommand(IncidentAnswers incidents) : ChatCommand<IncidentArgument>
{
    private const string Usage = "redraft CON-1001";

    public override string Name => "redraft";

    public override IReadOnlyList<string> Synonyms => ["draft", "retry"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new(Usage, "ask for a new draft after a run that did not end well")];

    public override ChatRequest Read(CommandText text) => OfIncident(text, Usage, id => For(new(id)));

    protected override Task<OutgoingMessage> AnswerAsync(IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        incidents.SendAsync(
            turn, arguments.IncidentId,
            found => new RequestRedraft(found.Where.Tenant.Id, found.Incident.Id, turn.Person, null, turn.Correlation), cancellationToken);
}

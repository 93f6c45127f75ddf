using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class UndoCommand(IncidentAnswers incidents) : ChatCommand<IncidentArgument>
{
    private const string Usage = "undo CON-1001";

    public override string Name => "undo";

    public override IReadOnlyList<string> Synonyms => ["revert", "rollback"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new(Usage, "ask to take a verified execution back")];

    public override ChatRequest Read(CommandText text) => OfIncident(text, Usage, id => For(new(id)));

    protected override Task<OutgoingMessage> AnswerAsync(IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        incidents.SendAsync(
            turn, arguments.IncidentId,
            found => new RequestUndo(found.Where.Tenant.Id, found.Incident.Id, turn.Person, turn.Correlation), cancellationToken);
}

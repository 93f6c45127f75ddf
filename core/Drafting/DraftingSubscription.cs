using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Drafting;

/// <summary>
/// Has a recommendation drafted when an incident opens, and again when an execution found the world changed, a person asks for it, a remedy
/// was taken back or its alert fires again, nobody decided in time, or it became more severe.
/// </summary>
internal sealed class DraftingSubscription(IMediator mediator) : ILedgerSubscription
{
    public string Name => "drafting";

    public bool WaitsForSwitch => true;

    public string? GetPartitionKey(LedgerEntry entry) => GetIncident(entry)?.Value;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (GetIncident(entry) is { } incident)
            await mediator.Send(new DraftRecommendation(entry.Tenant, incident), cancellationToken);
    }

    private static IncidentId? GetIncident(LedgerEntry entry) => entry.Fact switch
    {
        IncidentOpened opened => opened.IncidentId,
        ExecutionFinished { Outcome: ExecutionOutcome.Drifted } finished => finished.About.Incident,
        RedraftRequested asked => asked.About.Incident,
        IncidentReopened reopened => reopened.IncidentId,
        ProposalExpired expired => expired.About.Incident,
        IncidentRaised raised => raised.IncidentId,
        _ => null,
    };
}

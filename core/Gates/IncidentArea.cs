using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>Incidents: what is rejected, handled or verified closes its incident, and what was taken back opens it again.</summary>
internal sealed class IncidentArea : IProposalArea
{
    public string Kind => ProposalSubject.IncidentKind;

    public string GateArea => Gates.GateArea.Operations;

    public bool IsItsOwnEffect => false;

    public Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind)
    {
        var closes = proposal.IsOpen && (proposal.Staged is { Kind: ProposalKind.Remedy } || proposal.IsLeftToPeople);
        if (!closes || state.FindIncident(proposal.Subject) is not { } incident)
            return Aftermath.Nothing;
        return With(incident, new IncidentClosed(incident.Id, kind == DecisionKind.Reject ? "rejected" : "handled"));
    }

    public Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome)
    {
        if (state.FindIncident(proposal.Subject) is not { } incident)
            return Aftermath.Nothing;
        if (run.Kind == ProposalKind.Undo)
            return ReopenPolicy.IsDue(state, incident, run, outcome) ? With(incident, new IncidentReopened(incident.Id)) : With(incident);
        return outcome == ExecutionOutcome.Verified && incident.IsOpen
            ? With(incident, new IncidentClosed(incident.Id, "verified"))
            : With(incident);
    }

    private static Aftermath With(Incident incident, params IEnumerable<Fact> facts)
    {
        var stream = StreamId.Incident(incident.Id);
        return new([new(stream, incident.IncidentVersion)], [.. facts.Select(fact => (stream, fact))]);
    }
}

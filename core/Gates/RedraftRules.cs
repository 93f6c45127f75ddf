using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>
/// Asking for a new draft where the last one led nowhere. It only reads and proposes; what comes of it passes its gate. Pure.
/// </summary>
internal static class RedraftRules
{
    /// <summary>Whoever has asked this often is better helped by a look at the device.</summary>
    private const int MaxRevisions = 20;

    public static Outcome Request(TenantState state, RequestRedraft command, IReadOnlySet<Role> roles, DateTimeOffset now)
    {
        var incident = state.Find(command.IncidentId);
        if (DecisionRules.CheckRole(state, incident?.Proposal, roles) is { } stranger)
            return new Outcome.Unchanged(stranger);
        if (incident is null)
            return new Outcome.Unchanged(DecisionRules.Unknown(state, command.IncidentId));
        if (!roles.Contains(Role.Technician) && !roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(incident.Proposal, Refusal.NotAllowed,
                $"Only technicians, approvers and administrators of {state.Name} may ask for a new draft of {incident.Id}.");
        if (!incident.CanBeDraftedAgain)
            return new Outcome.Unchanged(Refuse(incident, command.By.ObjectId, now));
        var staged = incident.Staged!;
        if (command.PlanDigest is { } planDigest && planDigest != staged.Seal)
            return Outcome.Refuse(incident.Proposal, Refusal.Stale,
                $"{incident.Id} was drafted again since you saw it; look at its current card.");
        return incident.Proposal.NextRevision > MaxRevisions
            ? Outcome.Refuse(incident.Proposal, Refusal.NotPossible,
                $"{incident.Id} was drafted {incident.Proposal.NextRevision - 1} times already; see to it yourself and mark it as handled.")
            : new Outcome.Append(
                [new(StreamId.Proposal(incident.Id), incident.Proposal.Version),
                    new(StreamId.Incident(incident.Id), incident.IncidentVersion), state.GetVersion(StreamId.Access)],
                [new(StreamId.Proposal(incident.Id), command.By.AsActor(), incident.Correlation,
                    new RedraftRequested(incident.Id, staged.Revision), incident.Proposal.StagedSeq)],
                $"{incident.Id} is being drafted again; its card will ask for a decision.");
    }

    /// <summary>
    /// Why a new draft must not run by itself: the one before it did not end as it should, or nobody decided about it. Null when there is
    /// no reason.
    /// </summary>
    public static string? Hold(Proposal proposal) => proposal.Execution?.Outcome switch
    {
        ExecutionOutcome.Failed => "An earlier run failed, so nothing runs again without approval.",
        ExecutionOutcome.Unknown => "Nobody knows whether an earlier run took effect, so nothing runs again without approval.",
        ExecutionOutcome.Stopped => "An earlier run was stopped, so nothing runs again without approval.",
        _ when proposal.Undo is { Outcome: not null and not ExecutionOutcome.Drifted } undo && !proposal.IsEarlier(undo) =>
            "What was done before was taken back, or that was tried, so nothing runs again without approval.",
        // Silence is never yes, nor does it become one.
        _ when proposal.Unanswered is not null => "Nobody decided about an earlier proposal in time, so nothing runs without approval.",
        _ => null,
    };

    /// <summary>
    /// Why it is not proposed anew by itself any more: something keeps changing, and a person must see what. Null while it may be.
    /// </summary>
    public static string? TooOften(Proposal proposal, PlanLimits limits) => proposal.Drifts > limits.Redrafts
        ? $"The situation changed {GateMessages.Count(proposal.Drifts, "time")} before this could be carried out: find out what keeps "
            + $"changing it, then ask for a new draft."
        : null;

    private static RequestResult Refuse(Incident incident, PersonId me, DateTimeOffset now)
    {
        var id = incident.Id;
        if (incident.Phase is ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing)
            return new(incident.Proposal, Refusal.NotPossible, $"{id} is being carried out; wait for its outcome.");
        if (!incident.IsOpen)
            return new(incident.Proposal, Refusal.NotPossible, $"{id} is closed ({incident.ClosedReason}), so nothing is drafted again.");
        if (incident.Opened.Scope != IncidentScope.One)
            return new(incident.Proposal, Refusal.NotPossible, $"{id} gathers many events; a person must find what they have in common.");
        return PlanMessages.CheckUndecided(incident.Proposal, me, now) is { } settled
            ? settled with { Refusal = Refusal.NotPossible }
            : new(incident.Proposal, Refusal.NotPossible, incident.Staged!.Terms.Level == GateLevel.L3
                ? $"No runbook handles {id}, so a new draft would say the same; see to it yourself and mark it as handled."
                : $"{id} waits for a decision already; approve, edit or reject what is proposed.");
    }
}

internal sealed class RequestRedraftHandler(DecisionService recorder, IAccess access, TimeProvider clock, KillSwitch? killSwitch = null)
    : IRequestHandler<RequestRedraft, RequestResult>
{
    public Task<RequestResult> Handle(RequestRedraft request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant,
        request.IncidentId,
        state => RedraftRules.Request(state, request, access.GetRoles(state, request.By.ObjectId), clock.GetUtcNow()) is var outcome
            && outcome is Outcome.Append && killSwitch?.GetStopReason(request.Tenant) is { } why
            ? Outcome.Refuse(state.Find(request.IncidentId)?.Proposal, Refusal.Frozen,
                $"{why} Nothing is drafted; ask again when the pause is over.")
            : outcome,
        null,
        request.Seen,
        cancellationToken);
}

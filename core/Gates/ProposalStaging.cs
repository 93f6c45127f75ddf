using System.Security.Cryptography;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Puts a plan at its gate: terms, review, plan digest.</summary>
internal static class ProposalStaging
{
    public static string NewNonce() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>At L3 the plan is left out, so that nothing is there to be carried out.</summary>
    public static ProposalStaged Stage(
        Proposal proposal, int revision, ProposalKind kind, Actor requester, Plan plan, IReadOnlyDictionary<string, string> observed,
        GateTerms terms, FindAction find, string nonce)
    {
        var staged = terms.Level == GateLevel.L3 ? Plan.Empty : new([.. plan.Steps.Select(step => WithWayBack(step, find))]);
        return PlanDigests.Stamp(proposal.Tenant, new(
            proposal.Subject, revision, kind, requester, staged, observed, terms, GateLevels.NeedsReview(staged, find), Seal: "", nonce,
            proposal.Person)
        {
            Severity = proposal.Severity,
        });
    }

    /// <summary>
    /// The step with the whole command of its rollback: what runs by itself when a later step fails is shown and part of the digest like
    /// the step.
    /// </summary>
    public static PlanStep WithWayBack(PlanStep step, FindAction find) =>
        step.Rollback is { } rollback && find(step.Target, rollback) is { } action
        ? step with { RollbackCommand = ActionCalls.Command(action, step.Target, step.Arguments) }
        : step;

    /// <summary>A draft that nothing was staged of, on an incident on which nothing was decided.</summary>
    public static bool IsDue(Incident incident) =>
        incident is { IsOpen: true, Draft: not null, Phase: ProposalPhase.Drafting or ProposalPhase.Waiting or ProposalPhase.Snoozed
            or ProposalPhase.Expired or ProposalPhase.Undone }
        && incident.Proposal.DraftSeq > incident.Proposal.StagedSeq && !incident.IsToBeDraftedAnew;

    /// <summary>
    /// Why nothing runs by itself: something did for an earlier incident of the same alert since <paramref name="since"/>, and it came
    /// back. Null where nothing did, or nothing that changes anything.
    /// </summary>
    public static string? CameBack(TenantState state, Incident incident, DateTimeOffset since, FindAction find)
    {
        foreach (var earlier in state.Occurrences.Before(incident).Reverse())
        {
            if (ActedOn(state, earlier.IncidentId) is var (at, plan) && at > since && GateLevels.GetWeight(plan, find) > 0)
                return $"It was acted on without approval in {earlier.IncidentId}, {GateMessages.Utc(at)}, and came back: a "
                    + "person decides.";
        }
        return null;
    }

    /// <summary>What was carried out last without approval for an incident, in the state or gone from it; null where nothing was.</summary>
    private static (DateTimeOffset At, Plan Plan)? ActedOn(TenantState state, IncidentId incidentId)
    {
        if (state.Find(incidentId) is { } here)
        {
            return here.Execution is { Unattended: true, Outcome: not null and not ExecutionOutcome.Drifted } run
                ? (run.StartedAt, run.Plan)
                : null;
        }
        return state.PastRuns.LastOrDefault(past => past.IncidentId == incidentId) is { ActedAt: { } at } gone ? (at, gone.Plan) : null;
    }

    /// <summary>
    /// Weight of the tenant's other remedies that were let through without approval since <paramref name="since"/> and recorded before
    /// <paramref name="beforeSeq"/>. Every instance that has read that far counts the same.
    /// </summary>
    public static int EarlierWeight(TenantState state, Proposal proposal, long beforeSeq, DateTimeOffset since, FindAction find)
    {
        var weight = 0;
        foreach (var other in state.AllProposals.Where(other => other.Subject != proposal.Subject))
        {
            if (other.Staged is { Kind: ProposalKind.Remedy, Terms.Level: GateLevel.L0 or GateLevel.L1 } staged)
            {
                if (other.StagedSeq < beforeSeq && other.StagedAt > since)
                    weight += GateLevels.GetWeight(staged.Plan, find);
            }
            else if (other.Execution is { Unattended: true } run && run.StartedSeq < beforeSeq && run.StartedAt > since)
            {
                weight += GateLevels.GetWeight(run.Plan, find);
            }
        }
        return weight + state.PastRuns
            .Where(past => past.IncidentId != proposal.Subject.Incident && past.Seq < beforeSeq && past.At > since)
            .Sum(past => GateLevels.GetWeight(past.Plan, find));
    }
}

using DevOpsAI.Common;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Execution;

/// <summary>
/// Carries out approved plans: claim, drift guard, steps, read-back, rollback, outcome. Everything it knows of a run is on the ledger,
/// so another process can go on at any instant. An action is sent again only when the vendor certainly did not do it.
/// </summary>
internal sealed class Executor(
    TenantStates states, RunRecord record, IExecutionGuard guard, PlanRuns runs, ClaimPermissions claims, TargetLocks locks,
    TimeProvider clock, ILogger<Executor> logger)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>Runs what is due for the subject until it has an outcome; returns at once when nothing is due.</summary>
    public async Task RunAsync(TenantId tenant, ProposalSubject subject, CancellationToken cancellationToken)
    {
        while (await DueAsync(tenant, subject, cancellationToken) is { Due: not Due.Nothing } now)
        {
            if (now.Due is not Due.Run due || !claims.MayClaim(tenant))
            {
                await Task.Delay(LookAgain, clock, cancellationToken);
                continue;
            }
            using var targets = await locks.TakeAsync(tenant, due.Plan, cancellationToken);
            var calls = runs.GetCalls(tenant);
            try
            {
                if (await ClaimAsync(tenant, subject, calls, cancellationToken) is { } claimed)
                {
                    await runs.For(new(tenant, subject, claimed.ExecutionId), calls).GoOnAsync(claimed.TakenOver, cancellationToken);
                }
            }
            catch (ClaimLostException)
            {
                logger.ClaimLost(subject.Text);
            }
        }
    }

    private async Task<(TenantState State, Proposal? Proposal, Due Due)> DueAsync(
        TenantId tenant, ProposalSubject subject, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(tenant, cancellationToken);
        var proposal = state.FindProposal(subject);
        return (state, proposal, proposal is null
            ? new Due.Nothing() : Due.Create(proposal, claims.Policy, claims.Self, clock.GetUtcNow()));
    }

    /// <summary>Null when nothing is to be run: someone was faster, or the guard refused, which is then on record.</summary>
    private async Task<Due.Run?> ClaimAsync(
        TenantId tenant, ProposalSubject subject, VendorCalls calls, CancellationToken cancellationToken)
    {
        var (state, proposal, now) = await DueAsync(tenant, subject, cancellationToken);
        if (proposal is null || now is not Due.Run due)
            return null;
        // What was begun is gone on with even when it may not act any more: what was already sent must come on record.
        var objection = due.TakenOver ? null : await CheckAsync(state, proposal, due.Plan, cancellationToken);
        Failpoints.Hit(Failpoint.ExecutionClaiming);
        var lease = clock.GetUtcNow() + calls.LeaseFor(due.Plan);
        if (!await record.ClaimAsync(state, proposal, due, lease, objection, cancellationToken))
            return null;
        Failpoints.Hit(Failpoint.ExecutionClaimed);
        if (objection is not null)
        {
            var outcome = Summaries.GetOutcome(objection);
            logger.Finished(due.ExecutionId, outcome);
            return null;
        }
        logger.Claimed(due.ExecutionId, due.TakenOver);
        return due;
    }

    private async ValueTask<Objection?> CheckAsync(TenantState state, Proposal proposal, Plan plan, CancellationToken cancellationToken) =>
        proposal.Staged switch
    {
        { Terms.Level: GateLevel.L3 } => new("This is for a person to do: the bot never carries out L3."),
        _ when plan.Steps.Count == 0 && !record.IsOwnEffect(proposal) => new("The plan has no steps."),
        _ => await guard.CheckAsync(state, proposal, plan, null, cancellationToken),
    };
}

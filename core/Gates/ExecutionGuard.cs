using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// Decides again, from the record and not from anybody's word, whether a plan has its right as things are now: kill switch, freeze, plan
/// digest, level, policy, decisions, roles, arguments, quotas. What it cannot find out is a no.
/// </summary>
internal sealed class ExecutionGuard(
    GatePolicies policies, ActionCatalog catalog, KillSwitch killSwitch, IAccess access, TimeProvider clock, ILogger<ExecutionGuard> logger,
    ProposalAreas? areas = null)
    : IExecutionGuard
{
    public ValueTask<Objection?> CheckAsync(
        TenantState state, Proposal proposal, Plan plan, NextCall? next, CancellationToken cancellationToken)
    {
        var why = Check(state, proposal, plan, next);
        if (why is not null)
            logger.NotExecuted(proposal.Subject.Text, state.Tenant, why.Message);
        return new(why);
    }

    private Objection? Check(TenantState state, Proposal proposal, Plan plan, NextCall? next)
    {
        if (state.Tenant != proposal.Tenant)
            return new("The proposal is another tenant's.");
        if (killSwitch.GetPauseReason(state.Tenant, plan, connection => catalog.GetConnector(state.Tenant, connection)) is { } paused)
            return new(paused);
        if (state.Freeze is { } freeze)
            return new(FreezeRules.Describe(state.Name, freeze));
        var (policy, now) = (policies.For(state.Tenant), clock.GetUtcNow());
        if (policy.GetFreezeReason(now) is { } frozen)
            return new(frozen);
        if (catalog.GetSwitchedOff(state.Tenant, plan, next) is { } off)
            return new(off);
        return Permissions.Check(state, proposal, plan,
            new(policy, catalog.For(state.Tenant), id => access.GetRoles(state, id), now) { Areas = areas ?? ProposalAreas.OnlyIncidents })
            ?? (QuotaRules.Check(state, proposal, policy, plan, next, now) is { } tooOften ? new(tooOften) : null);
    }
}

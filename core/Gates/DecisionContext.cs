using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What a decision needs to know of the tenant, beside its state.</summary>
/// <param name="WhyPaused">
/// What a planned freeze, the kill switch, what is switched off, a quota or a hold says of a plan; null when it may run.
/// </param>
internal sealed record DecisionContext(
    GatePolicy Policy, FindAction Find, Func<string> NewNonce, Func<TenantState, Plan, string?> WhyPaused)
{
    public ProposalAreas Areas { get; init; } = ProposalAreas.OnlyIncidents;
}

/// <summary>Gathers what decisions about a tenant's proposals need to know.</summary>
internal sealed class DecisionContexts(
    GatePolicies policies, ActionCatalog catalog, KillSwitch killSwitch, TimeProvider clock, ProposalAreas? areas = null,
    IExecutionDelay? hold = null)
{
    public DecisionContext For(TenantId tenant) => new(
        policies.For(tenant), catalog.For(tenant), ProposalStaging.NewNonce, (state, plan) => GetPauseReason(tenant, state, plan))
    {
        Areas = areas ?? ProposalAreas.OnlyIncidents,
    };

    private string? GetPauseReason(TenantId tenant, TenantState state, Plan plan) =>
        policies.For(tenant).GetFreezeReason(clock.GetUtcNow())
        ?? killSwitch.GetPauseReason(tenant, plan, connection => catalog.GetConnector(tenant, connection))
        ?? hold?.GetDelayReason(tenant)
        ?? catalog.GetSwitchedOff(tenant, plan)
        ?? QuotaRules.Check(state, policies.For(tenant), plan, clock.GetUtcNow());
}

using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What a decision needs to know of the tenant, beside its state.</summary>
/// <param name="WhyPaused">What a planned freeze, the kill switch, a quota or a hold says of a plan; null when it may run.</param>
internal sealed record DecisionContext(
    GatePolicy Policy, FindAction Find, Func<string> NewNonce, Func<TenantState, Plan, string?> WhyPaused)
{
    public ProposalAreas Areas { get; init; } = ProposalAreas.OnlyIncidents;
}

/// <summary>Gathers what decisions about a tenant's proposals need to know.</summary>
internal sealed class DecisionContexts(
    GatePolicies policies, Catalogue catalogue, KillSwitch killSwitch, TimeProvider clock, ProposalAreas? areas = null,
    IExecutionHold? hold = null)
{
    public DecisionContext For(TenantId tenant) => new(
        policies.For(tenant), catalogue.Of(tenant), Stagings.NewNonce, (state, plan) => WhyPaused(tenant, state, plan))
    {
        Areas = areas ?? ProposalAreas.OnlyIncidents,
    };

    private string? WhyPaused(TenantId tenant, TenantState state, Plan plan) =>
        policies.For(tenant).WhyFrozen(clock.GetUtcNow())
        ?? killSwitch.WhyPaused(tenant, plan, connection => catalogue.ConnectorOf(tenant, connection))
        ?? hold?.WhyHeld(tenant)
        ?? Quotas.WhyNot(state, policies.For(tenant), plan, clock.GetUtcNow());
}

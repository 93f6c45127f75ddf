using System.Collections.Frozen;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>
/// Roles from configuration, with what was given and taken by command on top, and everybody as administrator in local mode if so set.
/// </summary>
internal sealed class ConfiguredAccess(IOptions<AccessOptions> options, ILocalMode mode, GatePolicies policies,
    TimeProvider clock) : IAccess
{
    /// <summary>Stands for every tenant in configuration; null among what was read from there.</summary>
    public const string Everywhere = "*";

    private static readonly FrozenSet<Role> Nothing = FrozenSet<Role>.Empty;
    private static readonly FrozenSet<Role> Everything = [Role.Administrator];

    private readonly FrozenDictionary<(TenantId? Tenant, PersonId Person), FrozenSet<Role>> configured = Configured(options.Value);

    public bool EverybodyIsAdministrator { get; } = mode.IsLocal && options.Value.Local == LocalAccess.Administrator;

    public IReadOnlySet<Role> GetRoles(TenantState state, PersonId person)
    {
        if (EverybodyIsAdministrator)
            return Everything;
        if (person.IsNobody)
            return Nothing;
        var own = configured.GetValueOrDefault((state.Tenant, person), Nothing);
        var general = configured.GetValueOrDefault((null, person), Nothing);
        if (state.Roles.IsEmpty && state.RolesTaken.IsEmpty && general.Count == 0)
            return own;
        return Enum.GetValues<Role>()
            .Where(role => state.Roles.ContainsKey((person, role))
                || ((own.Contains(role) || general.Contains(role)) && !state.RolesTaken.Contains((person, role))))
            .ToHashSet();
    }

    public RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, PersonId person) =>
        DecisionRules.AuthorizeDecision(state, proposal, GetStanding(state, person), person, clock.GetUtcNow());

    public RequestResult? AuthorizeBreakGlass(TenantState state, Proposal proposal, PersonId person) =>
        BreakGlassRules.Check(state, proposal, GetRoles(state, person), AuthorizeDecision(state, proposal, person));

    public RequestResult? AuthorizeReview(TenantState state, Proposal proposal, PersonId person) =>
        BreakGlassRules.AuthorizeReview(state, proposal, proposal.OpenGlass, GetRoles(state, person), person);

    /// <summary>Own roles, and whose rights are left to this person now.</summary>
    public EffectiveRoles GetStanding(TenantState state, PersonId person) =>
        EffectiveRoles.Create(state, person, id => GetRoles(state, id), policies.For(state.Tenant), clock.GetUtcNow());

    /// <summary>Whether somebody with the role, or a delegate, is there now.</summary>
    public bool IsAnybodyThere(TenantState state, Role role) => EverybodyIsAdministrator || AbsenceRules.IsAnybodyThere(
        state, role, GetHolders(state, role), id => GetRoles(state, id), policies.For(state.Tenant), clock.GetUtcNow());

    /// <summary>Everybody with the role.</summary>
    public IReadOnlySet<PersonId> GetHolders(TenantState state, Role role) => People(state)
        .Where(id => GetRoles(state, id).Contains(role))
        .ToHashSet();

    public IEnumerable<PersonId> PeopleWithRoles(TenantState state) =>
        People(state).Where(id => GetRoles(state, id).Count > 0).Distinct();

    private IEnumerable<PersonId> People(TenantState state) => configured.Keys
        .Where(key => key.Tenant is null || key.Tenant == state.Tenant)
        .Select(key => key.Person)
        .Concat(state.Roles.Keys.Select(key => key.Person));

    private static FrozenDictionary<(TenantId?, PersonId), FrozenSet<Role>> Configured(AccessOptions options) => options.Roles
        .SelectMany(tenant => tenant.Value.SelectMany(role => role.Value.Select(person => (
            Key: (tenant.Key == Everywhere ? (TenantId?)null : TenantId.Parse(tenant.Key), PersonId.From(person)),
            Role: AccessOptionsValidator.IsRole(role.Key, out var known)
                ? known
                : throw new InvalidOperationException($"'{role.Key}' is no role.")))))
        .GroupBy(entry => entry.Key, entry => entry.Role)
        .ToFrozenDictionary(entries => entries.Key, entries => entries.ToFrozenSet());
}

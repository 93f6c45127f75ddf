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

    private readonly FrozenDictionary<(TenantId? Tenant, string ObjectId), FrozenSet<Role>> configured = Configured(options.Value);

    public bool EverybodyIsAdministrator { get; } = mode.IsLocal && options.Value.Local == LocalAccess.Administrator;

    /// <summary>Object ids count without regard to case.</summary>
    public IReadOnlySet<Role> GetRoles(TenantState state, string objectId)
    {
        if (EverybodyIsAdministrator)
            return Everything;
        if (string.IsNullOrEmpty(objectId))
            return Nothing;
        var id = objectId.ToLowerInvariant();
        var own = configured.GetValueOrDefault((state.Tenant, id), Nothing);
        var general = configured.GetValueOrDefault((null, id), Nothing);
        if (state.Roles.IsEmpty && state.RolesTaken.IsEmpty && general.Count == 0)
            return own;
        return Enum.GetValues<Role>()
            .Where(role => state.Roles.ContainsKey((id, role))
                || ((own.Contains(role) || general.Contains(role)) && !state.RolesTaken.Contains((id, role))))
            .ToHashSet();
    }

    public RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, string objectId) =>
        DecisionRules.AuthorizeDecision(state, proposal, GetStanding(state, objectId), objectId, clock.GetUtcNow());

    public RequestResult? AuthorizeBreakGlass(TenantState state, Proposal proposal, string objectId) =>
        BreakGlassRules.Check(state, proposal, GetRoles(state, objectId), AuthorizeDecision(state, proposal, objectId));

    public RequestResult? AuthorizeReview(TenantState state, Proposal proposal, string objectId) =>
        BreakGlassRules.AuthorizeReview(state, proposal, proposal.OpenGlass, GetRoles(state, objectId), objectId);

    /// <summary>Own roles, and whose rights are left to this person now.</summary>
    public EffectiveRoles GetStanding(TenantState state, string objectId) =>
        EffectiveRoles.Create(state, objectId, id => GetRoles(state, id), policies.For(state.Tenant), clock.GetUtcNow());

    /// <summary>Whether somebody with the role, or a delegate, is there now.</summary>
    public bool IsAnybodyThere(TenantState state, Role role) => EverybodyIsAdministrator || AbsenceRules.IsAnybodyThere(
        state, role, GetHolders(state, role), id => GetRoles(state, id), policies.For(state.Tenant), clock.GetUtcNow());

    /// <summary>Everybody with the role, by object id in lower case.</summary>
    public IReadOnlySet<string> GetHolders(TenantState state, Role role) => People(state)
        .Where(id => GetRoles(state, id).Contains(role))
        .ToHashSet(StringComparer.Ordinal);

    public IEnumerable<string> PeopleWithRoles(TenantState state) =>
        People(state).Where(id => GetRoles(state, id).Count > 0).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> People(TenantState state) => configured.Keys
        .Where(key => key.Tenant is null || key.Tenant == state.Tenant)
        .Select(key => key.ObjectId)
        .Concat(state.Roles.Keys.Select(key => key.ObjectId));

    private static FrozenDictionary<(TenantId?, string), FrozenSet<Role>> Configured(AccessOptions options) => options.Roles
        .SelectMany(tenant => tenant.Value.SelectMany(role => role.Value.Select(person => (
            Key: (tenant.Key == Everywhere ? (TenantId?)null : TenantId.Parse(tenant.Key), person.Trim().ToLowerInvariant()),
            Role: AccessOptionsValidator.IsRole(role.Key, out var known)
                ? known
                : throw new InvalidOperationException($"'{role.Key}' is no role.")))))
        .GroupBy(entry => entry.Key, entry => entry.Role)
        .ToFrozenDictionary(entries => entries.Key, entries => entries.ToFrozenSet());
}

using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Somebody who is absent, whose right to decide a person may use now.</summary>
/// <param name="Roles">Only those with which one decides.</param>
internal sealed record ActingFor(Actor For, DateTimeOffset Until, IReadOnlySet<Role> Roles);

/// <summary>
/// With whose rights a person may decide: their own, and those of people who are absent and named them. Never further: who stands in for
/// somebody does not pass it on.
/// </summary>
internal sealed record EffectiveRoles(IReadOnlySet<Role> Own, ImmutableArray<ActingFor> ActingFor)
{
    public EffectiveRoles(IReadOnlySet<Role> own) : this(own, []) { }

    /// <summary>A role with which one decides about proposals.</summary>
    public static bool IsDelegable(Role role) => role is Role.Technician or Role.Approver or Role.Administrator;

    public static EffectiveRoles Create(TenantState state, PersonId person, Func<PersonId, IReadOnlySet<Role>> rolesOf, GatePolicy policy,
        DateTimeOffset now)
    {
        var own = rolesOf(person);
        if (state.Absences.IsEmpty || !policy.Defaults.MayDecideFor(own))
            return new(own);
        return new(own, [.. state.Absences.Values
            .Where(absence => absence.Delegate?.IsSame(person) == true && !absence.Who.IsSame(person) && absence.Contains(now))
            .Select(absence => new ActingFor(absence.Who, absence.Until, rolesOf(absence.Who.Person).Where(IsDelegable).ToHashSet()))
            .Where(actingFor => actingFor.Roles.Count > 0)
            .OrderBy(actingFor => actingFor.For.Id, StringComparer.Ordinal)]);
    }
}

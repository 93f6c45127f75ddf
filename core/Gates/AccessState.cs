using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Who has which role at a tenant by command, and who is away.</summary>
public sealed record AccessState : ISlice<AccessState>
{
    public static AccessState Empty { get; } = new();

    /// <summary>Roles given by command, with the person's name.</summary>
    public ImmutableDictionary<(PersonId Person, Role Role), string> Roles { get; init; } =
        ImmutableDictionary<(PersonId, Role), string>.Empty;

    /// <summary>Roles taken away by command, which configuration must not give back.</summary>
    public ImmutableHashSet<(PersonId Person, Role Role)> RolesTaken { get; init; } = [];

    /// <summary>What was last said of each person's absence; some are over, some still to come.</summary>
    public ImmutableDictionary<PersonId, Absence> Absences { get; init; } = ImmutableDictionary<PersonId, Absence>.Empty;

    public AccessState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        RoleAssigned role => Assign(role),
        AbsenceSet set => this with { Absences = Absences.SetItem(PersonId.From(set.ObjectId), GetAbsence(set)) },
        AbsenceEnded ended => this with { Absences = Absences.Remove(PersonId.From(ended.ObjectId)) },
        _ => this,
    };

    private AccessState Assign(RoleAssigned role)
    {
        var key = (PersonId.From(role.ObjectId), role.Role);
        return role.Held
            ? this with { Roles = Roles.SetItem(key, role.Name), RolesTaken = RolesTaken.Remove(key) }
            : this with { Roles = Roles.Remove(key), RolesTaken = RolesTaken.Add(key) };
    }

    private static Absence GetAbsence(AbsenceSet set)
    {
        var deputy = set.DelegateId is { } id ? new Actor(ActorKind.Person, id, set.DelegateName ?? id) : null;
        return new(new(ActorKind.Person, set.ObjectId, set.Name), set.From, set.Until, deputy, set.Reason);
    }
}

public static class AccessOfState
{
    extension(TenantState state)
    {
        /// <inheritdoc cref="AccessState.Roles"/>
        public ImmutableDictionary<(PersonId Person, Role Role), string> Roles => state.Get<AccessState>().Roles;

        /// <inheritdoc cref="AccessState.RolesTaken"/>
        public ImmutableHashSet<(PersonId Person, Role Role)> RolesTaken => state.Get<AccessState>().RolesTaken;

        /// <inheritdoc cref="AccessState.Absences"/>
        public ImmutableDictionary<PersonId, Absence> Absences => state.Get<AccessState>().Absences;
    }
}

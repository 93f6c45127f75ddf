using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary><c>role.assigned</c> on <c>access</c>; <paramref name="Held"/> false takes the role away.</summary>
public sealed record RoleAssigned(string ObjectId, [property: Personal(nameof(RoleAssigned.ObjectId))] string Name, Role Role,
    bool Held) : Fact;

/// <summary><c>absence.set</c> on <c>access</c>: a person is away; replaces what was said about them before.</summary>
/// <param name="DelegateId">Entra object id of who decides in their name meanwhile; null for nobody.</param>
public sealed record AbsenceSet(
    string ObjectId, [property: Personal(nameof(AbsenceSet.ObjectId))] string Name, DateTimeOffset From, DateTimeOffset Until,
    string? DelegateId, [property: Personal(nameof(AbsenceSet.DelegateId))] string? DelegateName,
    [property: Personal(nameof(AbsenceSet.ObjectId))] string? Reason) : Fact, IConcernsIncidents
{
    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.IsUndecided;
}

/// <summary><c>absence.ended</c>: back sooner, or not away after all.</summary>
public sealed record AbsenceEnded(string ObjectId, [property: Personal(nameof(AbsenceEnded.ObjectId))] string Name)
    : Fact, IConcernsIncidents
{
    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.IsUndecided;
}

/// <summary>What set a freeze, where it was not one person's word about one tenant.</summary>
[JsonConverter(typeof(CamelCaseEnum<FreezeCause>))]
public enum FreezeCause
{
    /// <summary>An administrator stopped every tenant.</summary>
    Everything,

    /// <summary>A plan was not the one that was shown.</summary>
    BrokenSeal,

    /// <summary>Something was done at a vendor that no decision allows.</summary>
    OutOfBand,
}

/// <summary><c>freeze.set</c> on <c>freeze</c>: nothing of this tenant is executed until a different person lifts it.</summary>
public sealed record FreezeSet([property: FreeText] string Reason) : Fact, IConcernsIncidents
{
    /// <summary>Null: a person froze this tenant.</summary>
    public FreezeCause? Cause { get; init; }

    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.CanBeFrozen(at);
}

/// <summary><c>freeze.lifted</c>.</summary>
public sealed record FreezeLifted([property: FreeText] string? Reason) : Fact, IConcernsIncidents
{
    /// <summary>The freeze of everything is lifted rather than the tenant's own.</summary>
    public bool? Everything { get; init; }

    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.CanBeFrozen(at);
}

/// <summary>
/// <c>switch.thrown</c> on <c>switch</c>: the kill switch was found on for all of this tenant; nothing is drafted, posted or executed.
/// </summary>
public sealed record SwitchThrown(string Why) : Fact, IConcernsIncidents
{
    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.CanBeFrozen(at);
}

/// <summary><c>switch.lifted</c>.</summary>
public sealed record SwitchLifted(DateTimeOffset Since) : Fact, IConcernsIncidents
{
    bool IConcernsIncidents.Concerns(Incident incident, DateTimeOffset at) => incident.CanBeFrozen(at);

    bool IConcernsIncidents.ShowsWhatWaited() => true;
}

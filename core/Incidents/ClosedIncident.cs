using DevOpsAI.Connections.Plans;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>An incident that has left the state.</summary>
/// <param name="LeftAt">Seq of the entry with which it left.</param>
public sealed record ClosedIncident(Incident Incident, long LeftAt);

/// <summary>
/// A plan that was let through without approval, of an incident that has left the state: small steps add up all the same.
/// </summary>
/// <param name="Seq">Of the entry that let it through.</param>
/// <param name="Plan">Targets and actions alone.</param>
/// <param name="ActedAt">When it was begun, where it was carried out, whatever came of it.</param>
public sealed record PastRun(IncidentId IncidentId, long Seq, DateTimeOffset At, Plan Plan, DateTimeOffset? ActedAt);

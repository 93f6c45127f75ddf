using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Where the tenant's events went: received = shown + folded + digested + still to be correlated.</summary>
/// <param name="Shown">Opened an incident, so has a card of its own.</param>
/// <param name="Folded">Belongs to an incident that was already there, and is counted on its card.</param>
/// <param name="Digested">Told in digests only: for information, or the end of something nobody knew.</param>
public sealed record Intake(long Received, long Shown, long Folded, long Digested);

/// <summary>A tenant's incidents and the events that they are made of.</summary>
public sealed partial record IncidentsState : ISlice<IncidentsState>
{
    public const int RecentlyOpenedLimit = 128;

    /// <summary>More incidents than this are shown as a list when there are many to show at once.</summary>
    public const int MaxPostedAtOnce = 3;

    public static IncidentsState Empty { get; } = new();

    public ImmutableDictionary<IncidentId, Incident> Incidents { get; init; } = ImmutableDictionary<IncidentId, Incident>.Empty;

    /// <summary>Open incidents by the key that their scope gathers on (<see cref="GetKey"/>).</summary>
    public ImmutableDictionary<string, IncidentId> OpenByKey { get; init; } = ImmutableDictionary<string, IncidentId>.Empty;

    /// <summary>The incident that was opened last under each key that scopes gather on; it may be closed.</summary>
    public ImmutableDictionary<string, IncidentId> LastByKey { get; init; } = ImmutableDictionary<string, IncidentId>.Empty;

    /// <summary>The incident that an alert last belonged to.</summary>
    public ImmutableDictionary<string, IncidentId> IncidentByAlert { get; init; } = ImmutableDictionary<string, IncidentId>.Empty;

    /// <summary>What was last said of each alert.</summary>
    public ImmutableDictionary<string, AlertWord> LastWords { get; init; } = ImmutableDictionary<string, AlertWord>.Empty;

    /// <summary>Firing events that no incident has taken yet.</summary>
    public UnattachedEvents Unattached { get; init; } = UnattachedEvents.None;

    public Intake Intake { get; init; } = new(0, 0, 0, 0);

    /// <summary>Number of the last incident opened; the first is 1001.</summary>
    public int LastIncidentNumber { get; init; } = FirstIncidentNumber - 1;

    /// <summary>
    /// Ids of the last incidents opened, or opened again as they fired again, oldest first, at most <see cref="RecentlyOpenedLimit"/>: what
    /// a storm is seen by.
    /// </summary>
    public ImmutableArray<IncidentId> RecentlyOpened { get; init; } = [];

    /// <summary>What each alert on each device came to the last times.</summary>
    public Occurrences Occurrences { get; init; } = Occurrences.None;

    public Incident? Find(IncidentId incidentId) => Incidents.GetValueOrDefault(incidentId);

    /// <summary>The incident that an alert last belonged to; null where it never belonged to any.</summary>
    public Incident? FindByAlert(string alertKey) => IncidentByAlert.TryGetValue(alertKey, out var id) ? Find(id) : null;

    /// <summary>
    /// The open incident that an event of these keys belongs to at a time: the storm that holds its alert already, its own, else one that
    /// gathers its cause, else one that gathers different alerts.
    /// </summary>
    public Incident? OpenIncidentFor(EventReceived received, DateTimeOffset at) =>
        Holding(received)
        ?? HoldingByText(received)
        ?? OpenBy(received.CorrelationKey)
        ?? Gathering(CauseScopeKey(received.CauseKey), at)
        ?? Gathering(TenantScopeKey, at)
        ?? GatheringDifferent(received, at);

    /// <summary>A storm that gathers no more still ends with the alerts that it holds.</summary>
    private Incident? Holding(EventReceived received) =>
        FindByAlert(received.AlertKey) is { IsOpen: true, Opened.QuietAfter: not null } storm
        && storm.FiringAlerts.Contains(received.AlertKey) ? storm : null;

    /// <summary>An alert whose title was worded anew, as a ticket's is: another incident would take its end from this one.</summary>
    private Incident? HoldingByText(EventReceived received) =>
        received.PartIsInText == true
        && FindByAlert(received.AlertKey) is { IsOpen: true, Opened.Scope: IncidentScope.One } incident
        && incident.FiringAlerts.Contains(received.AlertKey) ? incident : null;

    private Incident? OpenBy(string key) => OpenByKey.TryGetValue(key, out var id) ? Incidents[id] : null;

    private Incident? Gathering(string key, DateTimeOffset at) => OpenBy(key) is { } storm && storm.GathersAt(at) ? storm : null;

    private Incident? GatheringDifferent(EventReceived received, DateTimeOffset at)
    {
        for (var severity = received.Severity; received.OwnCard is null && severity <= Severity.Critical; severity++)
        {
            if (Gathering(TenantScopeKeyUpTo(severity), at) is { } storm)
                return storm;
        }
        return null;
    }

    /// <summary>One of its alerts fires, and no later incident has taken it over.</summary>
    public bool StillFires(Incident incident) =>
        incident.FiringAlerts.Any(alert => IncidentByAlert.TryGetValue(alert, out var id) && id == incident.Id);

    public static string GetKey(IncidentOpened opened) => opened.Scope switch
    {
        IncidentScope.One => opened.CorrelationKey,
        IncidentScope.Cause => CauseScopeKey(opened.CauseKey),
        _ => opened.GathersUpTo is { } severity ? TenantScopeKeyUpTo(severity) : TenantScopeKey,
    };

    private const string TenantScopeKey = "*";

    private static string TenantScopeKeyUpTo(Severity severity) => $"*\u0001{severity}";

    private static string CauseScopeKey(string causeKey) => "*" + causeKey;
}

public static class IncidentsOfState
{
    extension(TenantState state)
    {
        /// <inheritdoc cref="IncidentsState.Incidents"/>
        public ImmutableDictionary<IncidentId, Incident> Incidents => state.Get<IncidentsState>().Incidents;

        /// <inheritdoc cref="IncidentsState.OpenByKey"/>
        public ImmutableDictionary<string, IncidentId> OpenByKey => state.Get<IncidentsState>().OpenByKey;

        /// <inheritdoc cref="IncidentsState.LastByKey"/>
        public ImmutableDictionary<string, IncidentId> LastByKey => state.Get<IncidentsState>().LastByKey;

        /// <inheritdoc cref="IncidentsState.IncidentByAlert"/>
        public ImmutableDictionary<string, IncidentId> IncidentByAlert => state.Get<IncidentsState>().IncidentByAlert;

        /// <inheritdoc cref="IncidentsState.LastWords"/>
        public ImmutableDictionary<string, AlertWord> LastWords => state.Get<IncidentsState>().LastWords;

        /// <inheritdoc cref="IncidentsState.Unattached"/>
        public UnattachedEvents Unattached => state.Get<IncidentsState>().Unattached;

        /// <inheritdoc cref="IncidentsState.Intake"/>
        public Intake Intake => state.Get<IncidentsState>().Intake;

        /// <inheritdoc cref="IncidentsState.LastIncidentNumber"/>
        public int LastIncidentNumber => state.Get<IncidentsState>().LastIncidentNumber;

        /// <inheritdoc cref="IncidentsState.RecentlyOpened"/>
        public ImmutableArray<IncidentId> RecentlyOpened => state.Get<IncidentsState>().RecentlyOpened;

        /// <inheritdoc cref="IncidentsState.Occurrences"/>
        public Occurrences Occurrences => state.Get<IncidentsState>().Occurrences;

        /// <inheritdoc cref="IncidentsState.Find"/>
        public Incident? Find(IncidentId incidentId) => state.Get<IncidentsState>().Find(incidentId);

        /// <inheritdoc cref="IncidentsState.FindByAlert"/>
        public Incident? FindByAlert(string alertKey) => state.Get<IncidentsState>().FindByAlert(alertKey);

        /// <inheritdoc cref="IncidentsState.OpenIncidentFor"/>
        public Incident? OpenIncidentFor(EventReceived received, DateTimeOffset at) =>
            state.Get<IncidentsState>().OpenIncidentFor(received, at);

        /// <inheritdoc cref="IncidentsState.StillFires"/>
        public bool StillFires(Incident incident) => state.Get<IncidentsState>().StillFires(incident);
    }
}

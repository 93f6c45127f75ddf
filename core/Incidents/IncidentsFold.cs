using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <content>What an entry changes about them.</content>
public sealed partial record IncidentsState
{
    public IncidentsState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        EventReceived received => Receive(entry, received),
        IncidentOpened opened => Open(entry, opened),
        IConcernsIncidents change => Concerned(entry, change),
        ErasureCompleted erased => Touched(entry.Seq, incident => incident.Concerns(erased)),
        _ => OfIncident(entry),
    };

    /// <summary>What waited without a card comes as a list where it is much, as when a conversation is linked.</summary>
    private IncidentsState Concerned(LedgerEntry entry, IConcernsIncidents change)
    {
        var touched = Touched(entry.Seq, incident => change.Concerns(incident, entry.ByClock));
        if (!change.ShowsWhatWaited())
            return touched;
        var waited = Incidents.Values.Where(static incident => incident.IsOpen && incident.Cards.IsEmpty).ToList();
        return waited.Count <= MaxPostedAtOnce ? touched : touched with
        {
            Incidents = touched.Incidents.SetItems(waited.Select(incident =>
                KeyValuePair.Create(incident.Id, touched.Incidents[incident.Id] with { ListedSeq = entry.Seq }))),
        };
    }

    private IncidentsState Receive(LedgerEntry entry, EventReceived received)
    {
        var seq = entry.Seq;
        var counted = this with { Intake = Intake with { Received = Intake.Received + 1 } };
        var before = LastWords.GetValueOrDefault(received.AlertKey);
        if (before?.Outdates(received, entry.At) == true)
        {
            return counted with
            {
                LastWords = LastWords.SetItem(received.AlertKey, before.After(received)),
                Intake = counted.Intake with { Digested = counted.Intake.Digested + 1 },
            };
        }
        counted = counted with { LastWords = LastWords.SetItem(received.AlertKey, AlertWord.Create(before, seq, received, entry.At)) };
        if (received.Status == EventStatus.Resolved)
            return counted.Resolve(entry, received);
        if (OpenIncidentFor(received, entry.ByClock) is { } open)
            return counted.Attach(open, seq, received, entry.ByClock);
        return received.Severity == Severity.Info
            ? counted with { Intake = counted.Intake with { Digested = counted.Intake.Digested + 1 } }
            : counted with { Unattached = Unattached.Add(seq, received) };
    }

    /// <summary>
    /// The end of an alert that is itself still to be correlated ends it before it began; otherwise it belongs where the alert does.
    /// </summary>
    private IncidentsState Resolve(LedgerEntry entry, EventReceived received)
    {
        var ended = Unattached.OfAlert(received.AlertKey).ToList();
        var incident = FindByAlert(received.AlertKey);
        var state = this with
        {
            Unattached = ended.Aggregate(Unattached, static (waiting, one) => waiting.Remove(one.Event.EventId)),
            Intake = Intake with { Digested = Intake.Digested + ended.Count },
        };
        return incident is null || (ended.Count > 0 && !incident.IsOpen)
            ? state with { Intake = state.Intake with { Digested = state.Intake.Digested + 1 } }
            : state.Attach(incident, entry.Seq, received, entry.ByClock);
    }

    private IncidentsState Attach(Incident incident, long seq, EventReceived received, DateTimeOffset at)
    {
        var isKnown = IncidentByAlert.TryGetValue(received.AlertKey, out var id) && id == incident.Id;
        return this with
        {
            Incidents = Incidents.SetItem(incident.Id, incident.With(seq, received, at, isKnown)),
            IncidentByAlert = IncidentByAlert.SetItem(received.AlertKey, incident.Id),
            Intake = Intake with { Folded = Intake.Folded + 1 },
        };
    }

    private IncidentsState Open(LedgerEntry entry, IncidentOpened opened)
    {
        var incident = new Incident(entry.Tenant, opened.IncidentId, opened, entry.ByClock, entry.Seq, entry.Correlation)
        {
            IncidentVersion = entry.Version,
        };
        var state = this with
        {
            LastIncidentNumber = LastIncidentNumber + 1,
            RecentlyOpened = CameUp(opened.IncidentId),
            OpenByKey = OpenByKey.SetItem(GetKey(opened), opened.IncidentId),
            LastByKey = LastByKey.SetItem(GetKey(opened), opened.IncidentId),
            Occurrences = Occurrences.Opened(opened, entry.At),
            Incidents = Incidents.SetItem(opened.IncidentId, incident),
        };
        state = state.Gather(entry, opened);
        var opening = state.Incidents[opened.IncidentId];
        return state.With(opening with
        {
            LastSeq = entry.Seq,
            BegunSinceQuiet = opening.FiringAlerts.IsEmpty ? Incident.NothingBegun : null,
        });
    }

    private IncidentsState OfIncident(LedgerEntry entry)
    {
        if (IncidentStreams.GetIncident(entry.Stream) is not { } id || Find(id) is not { } incident)
            return this;
        var next = With(incident.Apply(entry));
        return entry.Fact switch
        {
            IncidentClosed closed => next.Seen(incident.Id).Close(entry, incident, closed),
            IncidentReopened { EventId: not null } => next.Seen(incident.Id).Reopen(incident).Return(entry, incident.Opened),
            IncidentReopened => next.Seen(incident.Id).Reopen(incident),
            UndoFinished => next.Seen(incident.Id),
            _ => next,
        };
    }

    private IncidentsState Seen(IncidentId incidentId) => this with { Occurrences = Occurrences.With(Incidents[incidentId]) };

    /// <summary>It takes what belongs to it again, unless a later one does by now.</summary>
    private IncidentsState Reopen(Incident incident)
    {
        var key = GetKey(incident.Opened);
        return OpenByKey.ContainsKey(key) ? this : this with { OpenByKey = OpenByKey.SetItem(key, incident.Id) };
    }

    /// <summary>
    /// Alerts that began while an incident was being closed as resolved were unknown to whoever closed it. They go back to be
    /// correlated, so that the incident which ended does not swallow them.
    /// </summary>
    private IncidentsState Close(LedgerEntry entry, Incident incident, IncidentClosed closed)
    {
        var key = GetKey(incident.Opened);
        var isOpen = OpenByKey.TryGetValue(key, out var open) && open == incident.Id;
        var state = isOpen ? this with { OpenByKey = OpenByKey.Remove(key) } : this;
        if (closed.Reason != ClosedReasons.Resolved)
            return state;
        var overlooked = Overlooked(incident).OrderBy(static one => one.Seq).ToList();
        if (incident.BegunSinceQuiet is not null)
            state = state.With(state.Incidents[incident.Id].Without(overlooked));
        foreach (var (seq, received) in overlooked)
        {
            var taken = received.EventId == incident.Opened.FirstEventId
                ? state.Intake with { Shown = state.Intake.Shown - 1 }
                : state.Intake with { Folded = state.Intake.Folded - 1 };
            state = state with { Intake = taken };
            state = state.OpenIncidentFor(received, entry.ByClock) is { } other
                ? state.Attach(other, seq, received, entry.ByClock)
                : state with { Unattached = state.Unattached.Add(seq, received) };
        }
        return state;
    }

    /// <summary>
    /// The newest event of every alert that still fires. Without a time when none did, nobody should have closed it; then it is told from
    /// what is remembered.
    /// </summary>
    private static IEnumerable<(long Seq, EventReceived Event)> Overlooked(Incident incident) =>
        incident.BegunSinceQuiet?.Values ?? incident.RecentEvents
        .Where(recent => recent.Event is { Status: EventStatus.Firing, Severity: > Severity.Info })
        .Where(recent => incident.FiringAlerts.Contains(recent.Event.AlertKey))
        .GroupBy(static recent => recent.Event.AlertKey)
        .Select(static ofAlert => ofAlert.MaxBy(static recent => recent.Seq));

    /// <summary>What concerns an incident without an entry of its own, as a freeze does; its cards are drawn anew.</summary>
    private IncidentsState Touched(long seq, Func<Incident, bool> concerned) => this with
    {
        Incidents = Incidents.SetItems(Incidents
            .Where(pair => concerned(pair.Value))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { LastSeq = seq }))),
    };

    private IncidentsState With(Incident incident) => this with { Incidents = Incidents.SetItem(incident.Id, incident) };
}

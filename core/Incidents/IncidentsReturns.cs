using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <content>What an incident takes when it opens, and when it fires again.</content>
public sealed partial record IncidentsState
{
    private ImmutableArray<IncidentId> CameUp(IncidentId incidentId)
    {
        var others = RecentlyOpened.Remove(incidentId);
        return [.. others.Length < RecentlyOpenedLimit ? others : others[1..], incidentId];
    }

    /// <summary>What waits and belongs to the incident that is open now.</summary>
    private IncidentsState Gather(LedgerEntry entry, IncidentOpened opened)
    {
        var state = this;
        var waiting = Unattached.For(opened).Where(one => state.OpenIncidentFor(one.Event, entry.ByClock)?.Id == opened.IncidentId);
        foreach (var (seq, received) in waiting)
        {
            state = state.Attach(state.Incidents[opened.IncidentId], seq, received, entry.ByClock);
            state = state with { Unattached = state.Unattached.Remove(received.EventId) };
            if (received.EventId == opened.FirstEventId)
                state = state with { Intake = state.Intake with { Shown = state.Intake.Shown + 1, Folded = state.Intake.Folded - 1 } };
        }
        return state;
    }

    /// <summary>It fires again: it takes what waits for it, and is as severe as that.</summary>
    private IncidentsState Return(LedgerEntry entry, IncidentOpened opened)
    {
        var before = Incidents[opened.IncidentId];
        var quiet = With(before.At(Severity.Info)) with { RecentlyOpened = CameUp(before.Id) };
        var state = quiet.Gather(entry, opened);
        var again = state.Incidents[before.Id];
        // Its alert may have ended once more in the meantime.
        if (again.FiringAlerts.IsEmpty)
            again = again.At(before.Severity);
        return state.With(again with
        {
            LastSeq = entry.Seq,
            RaisedTo = again.Severity,
            BegunSinceQuiet = again.FiringAlerts.IsEmpty ? Incident.NothingBegun : null,
        });
    }
}

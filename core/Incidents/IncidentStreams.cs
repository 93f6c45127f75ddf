using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Streams of events, incidents and their cards.</summary>
public static class IncidentStreams
{
    extension(StreamId)
    {
        public static StreamId Event(string eventId) => new($"event/{eventId}");

        public static StreamId Incident(IncidentId incident) => new($"incident/{incident.Value}");

        public static StreamId Card(ProposalSubject subject) => new($"card/{subject.Text}");
    }

    /// <summary>The incident that a stream is about; null for streams of other things.</summary>
    public static IncidentId? GetIncident(StreamId stream)
    {
        var slash = stream.Value.IndexOf('/', StringComparison.Ordinal);
        // What comes after the slash of other streams is no incident's id, even where it looks like one.
        return slash > 0 && stream.Value.AsSpan(0, slash) is "incident" or "proposal" or "card"
            ? ProposalSubject.Parse(stream.Value[(slash + 1)..]).Incident
            : null;
    }
}

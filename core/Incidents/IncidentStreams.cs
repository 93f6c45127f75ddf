using DevOpsAI.Ledger;

namespace DevOpsAI.Incidents;

/// <summary>Streams of events, incidents and their cards.</summary>
public static class IncidentStreams
{
    extension(StreamId)
    {
        public static StreamId Event(string eventId) => new($"event/{eventId}");

        public static StreamId Incident(string incidentId) => new($"incident/{incidentId}");

        public static StreamId Card(string incidentId) => new($"card/{incidentId}");
    }

    /// <summary>The incident that a stream is about; null for streams of other things.</summary>
    internal static string? GetIncident(StreamId stream)
    {
        var slash = stream.Value.IndexOf('/', StringComparison.Ordinal);
        // What comes after the slash of other streams is no incident's id, even where it looks like one.
        return slash > 0 && stream.Value.AsSpan(0, slash) is "incident" or "proposal" or "card" ? stream.Value[(slash + 1)..] : null;
    }
}

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
}

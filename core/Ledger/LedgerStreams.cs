namespace DevOpsAI.Ledger;

/// <summary>Streams of the ledger itself.</summary>
public static class LedgerStreams
{
    extension(StreamId)
    {
        public static StreamId Erasure(string key) => new($"erasure/{key}");

        public static StreamId Keys => new("keys");

        /// <summary>What the ledger says of itself: heartbeats.</summary>
        public static StreamId Ledger => new("ledger");
    }
}

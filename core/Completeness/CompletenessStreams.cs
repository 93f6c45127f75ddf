using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Completeness;

/// <summary>Streams of what comes in, what was done at vendors, and what was told.</summary>
public static class CompletenessStreams
{
    extension(StreamId)
    {
        /// <summary>What came in over a connection, and when it was silent.</summary>
        public static StreamId Connection(string connection) => new($"connection/{connection}");

        /// <summary>How far the log of a connection's vendor was read, and what was found there.</summary>
        public static StreamId Poll(string connection) => new($"poll/{connection}");

        public static StreamId Message(ConversationId conversationId) => new($"message/{conversationId.Value}");
    }
}

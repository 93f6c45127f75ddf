using DevOpsAI.Ledger;

namespace DevOpsAI.Digests;

/// <summary>Streams of digests.</summary>
public static class DigestStreams
{
    extension(StreamId)
    {
        public static StreamId Digest(string conversationId) => new($"digest/{conversationId}");
    }
}

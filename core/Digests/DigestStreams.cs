using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Digests;

/// <summary>Streams of digests.</summary>
public static class DigestStreams
{
    extension(StreamId)
    {
        public static StreamId Digest(ConversationId conversationId) => new($"digest/{conversationId.Value}");
    }
}

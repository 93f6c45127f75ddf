using DevOpsAI.Ledger;

namespace DevOpsAI.Gates;

/// <summary>Streams of access, of what stops a client, and of its channels.</summary>
public static class GateStreams
{
    extension(StreamId)
    {
        public static StreamId Access => new("access");

        public static StreamId Channels => new("channels");

        public static StreamId Freeze => new("freeze");

        public static StreamId Switch => new("switch");
    }
}

using DevOpsAI.Completeness;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Digests;

/// <summary>What is told once a day.</summary>
internal static class DigestsFeature
{
    public static readonly Feature Instance = new("digests")
    {
        Entries =
        [
            EntryType.Create(
                "digest.sending", DigestsJson.Default.DigestSending,
                "The digest of a conversation is about to be posted there; written first, so that of several instances one posts it."),
        ],
        Streams = ["digest"],
        Slices = [StateSlice.Create<DigestsState>("digests", [typeof(ChannelLinked), typeof(DigestSending), typeof(MessageSent)])],
    };
}

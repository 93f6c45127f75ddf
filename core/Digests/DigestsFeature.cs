using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;

namespace DevOpsAI.Digests;

/// <summary>What is told once a day.</summary>
internal static class DigestsFeature
{
    public static readonly Feature Instance = new("digests")
    {
        Slices = [StateSlice.Of<DigestsState>("digests", [typeof(ChannelLinked), typeof(DigestSending), typeof(MessageSent)])],
    };
}

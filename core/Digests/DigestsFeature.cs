using DevOpsAI.Completeness;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Digests;

/// <summary>What is told once a day.</summary>
internal static class DigestsFeature
{
    public static readonly Feature Instance = new("digests")
    {
        Slices = [StateSlice.Of<DigestsState>("digests", [typeof(ChannelLinked), typeof(DigestSending), typeof(MessageSent)])],
    };
}

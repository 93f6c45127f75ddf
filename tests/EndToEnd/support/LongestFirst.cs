using DevOpsAI.Tests.EndToEnd.Cluster;
using DevOpsAI.Tests.EndToEnd.Gallery;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(DevOpsAI.Tests.EndToEnd.LongestFirst))]

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// As many classes run at a time as there are processors. The longest begin first, so that none of them is left alone at the end.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(CrashTests), nameof(VerbTests), nameof(ClusterTests), nameof(CardStateGalleryTests), nameof(CardGalleryTests),
        nameof(DamagedPartsTests), nameof(DamagedRecordTests), nameof(DeadlineGalleryTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static collection => Rank(collection.TestCollectionDisplayName))];

    private static int Rank(string name) =>
        Array.FindIndex(Longest, longest => name.Contains($".{longest} ", StringComparison.Ordinal)) is >= 0 and var rank
            ? rank
            : Longest.Length;
}

using DevOpsAI.Tests.EndToEnd.Before;
using DevOpsAI.Tests.EndToEnd.Cluster;
using DevOpsAI.Tests.EndToEnd.Gallery;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(DevOpsAI.Tests.EndToEnd.LongestFirst))]

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// Half as many classes again as there are processors run at a time, since some of them mostly wait (<c>xunit.runner.json</c>). The longest
/// begin first, so that none of them is left alone at the end.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(CardStateGalleryTests), nameof(DeadlineGalleryTests), nameof(VerbTests), nameof(CrashTests), nameof(CardGalleryTests),
        nameof(ClusterTests), nameof(LocalTeamsPageTests), nameof(DamagedPartsTests), nameof(DigestGalleryTests), nameof(PhoneGalleryTests),
        nameof(DataFolderTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static collection => Rank(collection.TestCollectionDisplayName))];

    private static int Rank(string name) =>
        Array.FindIndex(Longest, longest => name.Contains($".{longest} ", StringComparison.Ordinal)) is >= 0 and var rank
            ? rank
            : Longest.Length;
}

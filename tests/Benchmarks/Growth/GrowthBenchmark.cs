using DevOpsAI.Tests.Support;
using DevOpsAI.Tests.Support.Growth;

namespace DevOpsAI.Benchmarks.Growth;

/// <summary>
/// <c>growth</c>: what a start of the bot takes with a history of 10,000, 100,000 and 1,000,000 entries of 100 tenants, one incident in a
/// hundred open, against an empty folder in the same run. The first start finds the ledger alone; the bars are for the starts after it,
/// which find what it left. Digests are off, since the first one after a long time tells of all of it.
/// </summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const double MaxTimes = 1.3;

    public string Verb => "growth";

    public Task<IReadOnlyList<Measured>> RunAsync(bool quick) => quick
        ? RunAsync([HistoryPlan.Of(10_000), HistoryPlan.Of(100_000)], TenthOf(HistoryPlan.Of(100_000)))
        : RunAsync([HistoryPlan.Of(10_000), HistoryPlan.Of(100_000), HistoryPlan.Of(1_000_000)], TenthOf(HistoryPlan.Of(1_000_000)));

    private static async Task<IReadOnlyList<Measured>> RunAsync(IReadOnlyList<HistoryPlan> plans, HistoryPlan tenth)
    {
        var run = new GrowthRun("SQLite", static () => new SqliteStore());
        foreach (var plan in plans)
            await run.MeasureAsync(plan);
        var (less, more) = (await run.MeasureAsync(tenth), run.Last(plans[^1]));
        return
        [
            .. run.Report(),
            TenTimes("time to ready", more.ReadySeconds / less.ReadySeconds, MaxTimes),
            TenTimes("processor time until settled", more.SettledCpu / less.SettledCpu, null),
            TenTimes("resident", more.SettledMegabytes / less.SettledMegabytes, MaxTimes),
        ];
    }

    /// <summary>A tenth of the history at the same pace, with the same open work.</summary>
    private static HistoryPlan TenthOf(HistoryPlan whole) => whole with { Entries = whole.Entries / 10, Lasted = whole.Lasted / 10 };

    private static Measured TenTimes(string what, double ratio, double? bar) =>
        new($"growth, ten times the history, same open work: {what}", ratio, "x", bar, new Dictionary<string, double>(), IsLimit: true);
}

/// <summary><c>growth-cosmos</c>: as <c>growth</c>, 100,000 entries on the Cosmos DB protocol server of the tests.</summary>
internal sealed class CosmosGrowthBenchmark : IBenchmark
{
    public string Verb => "growth-cosmos";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        await using var server = await CosmosServer.TryStartAsync()
            ?? throw new InvalidOperationException("npm ci failed in tests/support/cosmos; Node and the npm registry are needed.");
        var run = new GrowthRun("Cosmos", () => new CosmosDatabase(server));
        await run.MeasureAsync(HistoryPlan.Of(quick ? 10_000 : 100_000));
        return [.. run.Report()];
    }
}

using System.Diagnostics;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Benchmarks.Connectors;

/// <summary>
/// What the trouble of one tenant's vendor costs the others: reads of seven tenants, one after another each, while the eighth's vendor
/// says 429 to all that it is asked, and while it hangs under 500 calls, against the same with the eighth in order, in turns.
/// </summary>
internal sealed class IsolationBenchmark : IBenchmark
{
    private const int Others = 7;
    private const int Rounds = 7;
    private const int Flood = 500;

    public string Verb => "isolation";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        Environment.SetEnvironmentVariable("BENCH_KEY", "of the benchmark");
        var errors = new List<string>();
        var manifest = ManifestReader.Read("bench.connector.yaml", PlayedVendor.Manifest, errors)
            ?? throw new InvalidOperationException(string.Join('\n', errors));
        await using var good = await PlayedVendor.StartAsync();
        await using var troubled = await PlayedVendor.StartAsync();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
            .AddManifestConnectors()
            .AddManifest(manifest with { Budget = null })
            .BuildServiceProvider();
        var connector = services.GetServices<IConnector>().Single(static one => one.Name == "bench-rmm");
        var reads = quick ? 100 : 600;
        return
        [
            await CompareAsync(connector, good, troubled, reads, "429", on => troubled.IsBusy = on, limit: null),
            await CompareAsync(connector, good, troubled, reads, "hanging", on => troubled.Hangs = on, VendorPipelines.MaxCalls),
        ];
    }

    /// <param name="limit">Calls that the troubled vendor may have under way at once; null where it answers.</param>
    private static async Task<Measured> CompareAsync(
        IConnector connector, PlayedVendor good, PlayedVendor troubled, int reads, string trouble, Action<bool> set, int? limit)
    {
        var eighth = Connect(0, troubled.Address);
        for (var n = 0; n < 3; n++)
            await MeasureAsync(connector, good, reads);
        List<(double Alone, double Beside, double P99)> rounds = [];
        for (var n = 0; n < Rounds; n++)
        {
            var alone = await BesideAsync(connector, good, eighth, reads);
            set(true);
            var beside = await BesideAsync(connector, good, eighth, reads);
            set(false);
            rounds.Add((alone.PerSecond, beside.PerSecond, beside.P99 / alone.P99));
        }
        var median = rounds.OrderBy(static one => one.Beside / one.Alone).ElementAt(Rounds / 2);
        Dictionary<string, double> figures = new()
        {
            ["reads of seven tenants/s, vendor of the eighth in order"] = median.Alone,
            ["reads of seven tenants/s, beside the trouble"] = median.Beside,
            ["p99 beside the trouble / in order, median"] = rounds.Select(static one => one.P99).Order().ElementAt(Rounds / 2),
        };
        if (limit is { } most)
        {
            figures["calls under way at once at the vendor that hangs"] = troubled.MostOpen;
            figures["allowed"] = most;
        }
        var isKept = limit is null || troubled.MostOpen <= limit;
        return new($"reads of others beside a vendor in trouble ({trouble})", isKept ? median.Beside / median.Alone : 0, "x", 0.9, figures);
    }

    /// <summary>With the eighth tenant's calls in the background, begun before and ended after.</summary>
    private static async Task<(double PerSecond, double P99)> BesideAsync(
        IConnector connector, PlayedVendor good, Connection eighth, int reads)
    {
        using var over = new CancellationTokenSource();
        var background = Enumerable.Range(0, Flood).Select(_ => CallAsync()).ToList();
        var result = await MeasureAsync(connector, good, reads);
        await over.CancelAsync();
        await Task.WhenAll(background);
        return result;

        // One call each, and then one every second, as callers do that were told to come back later.
        async Task CallAsync()
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await connector.FindAsync(eighth, "device", "SRV-1", over.Token);
                    await Task.Delay(TimeSpan.FromSeconds(1), over.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private static async Task<(double PerSecond, double P99)> MeasureAsync(IConnector connector, PlayedVendor good, int reads)
    {
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(1, Others).Select(async n =>
        {
            var connection = Connect(n, good.Address);
            var times = new List<double>();
            for (var read = 0; read < reads; read++)
            {
                var began = Stopwatch.GetTimestamp();
                if (await connector.FindAsync(connection, "device", "SRV-7", CancellationToken.None)
                    is not CallOutcome<IReadOnlyList<Target>>.Done { Value.Count: 1 })
                    throw new InvalidOperationException("A vendor in order was not read.");
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            return times;
        }));
        var sorted = all.SelectMany(static one => one).Order().ToList();
        return (sorted.Count / watch.Elapsed.TotalSeconds, sorted[(int)(sorted.Count * 0.99)]);
    }

    private static Connection Connect(int n, string address) => new(
        $"tenant{n}-rmm", TenantId.Parse($"tenant{n}"), "bench-rmm",
        new Dictionary<string, string> { ["Key"] = "env:BENCH_KEY", ["Company"] = $"{n}", ["Address"] = address });
}

using System.Globalization;

namespace DevOpsAI.Benchmarks.Connectors;

/// <summary>
/// A bot of 50 tenants that asks 50 connections for their 2,000 devices each, one in a hundred with an alert, twice in a row; beside one
/// that does so for five of them. What the vendor is asked is counted by the vendor.
/// </summary>
internal sealed class ReconciliationBenchmark : IBenchmark
{
    private const int Tenants = 50;
    private const int Few = 5;
    private const int Readings = 2;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    public string Verb => "reconciliation";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var few = await RunAsync(quick ? 1 : Few);
        var all = await RunAsync(quick ? Few : Tenants);
        return
        [
            Measured.AtMost("requests per reading of 2,000 devices, of what the vendor's paging needs", all.Most, "x", 1,
                new Dictionary<string, double>
                {
                    ["requests a reading, at most of any connection"] = all.Most * PlayedVendor.Pages,
                    ["the vendor's paging needs"] = PlayedVendor.Pages,
                    ["seconds until all were read twice"] = all.Seconds,
                }),
            Measured.AtMost("requests within a minute, of the vendor's budget", all.InAMinute / (double)PlayedVendor.Budget, "x", 1,
                new Dictionary<string, double> { ["requests within a minute"] = all.InAMinute, ["budget"] = PlayedVendor.Budget }),
            Measured.AtMost("peak memory, all connections / a tenth of them", all.PeakMb / few.PeakMb, "x", 1.25,
                new Dictionary<string, double> { ["MB, all"] = all.PeakMb, ["MB, a tenth"] = few.PeakMb, ["connections"] = all.Connections }),
        ];
    }

    private static async Task<(double Most, int InAMinute, double PeakMb, double Seconds, int Connections)> RunAsync(int connections)
    {
        var storage = Directory.CreateTempSubdirectory("bench-reconciliation-").FullName;
        try
        {
            await using var vendor = await PlayedVendor.StartAsync();
            await File.WriteAllTextAsync(Path.Combine(storage, "bench.connector.yaml"), PlayedVendor.Manifest);
            using var bot = await Server.StartBotAsync(storage, [.. Settings(storage, vendor.Address, connections)], within: null);
            var began = DateTimeOffset.UtcNow;
            while (vendor.Readings.Count < connections || vendor.Readings.Values.Any(static count => count < Readings))
            {
                if (DateTimeOffset.UtcNow - began > Within)
                    throw new InvalidOperationException($"Only {vendor.Readings.Count} of {connections} connections were read twice.");
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
            var seconds = (DateTimeOffset.UtcNow - began).TotalSeconds;
            await bot.SettledAsync();
            var most = vendor.Requests.Max(one => one.Value / (double)(vendor.Readings[one.Key] * PlayedVendor.Pages));
            return (most, vendor.MostInAMinute, bot.PeakMemoryBytes / 1e6, seconds, connections);
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Settings(string storage, string vendor, int connections)
    {
        yield return new("Connectors__Path", storage);
        yield return new("BENCH_KEY", "of the benchmark");
        yield return new("LocalTeams__Enabled", "false");
        for (var n = 1; n <= Tenants; n++)
        {
            yield return new($"Tenants__client{n}__Name", $"Client {n}");
            yield return new($"Tenants__client{n}__Prefix", string.Create(CultureInfo.InvariantCulture, $"C{(char)('A' + (n / 26))}{(char)('A' + (n % 26))}"));
            if (n > connections)
                continue;
            yield return new($"Connections__client{n}-rmm__Tenant", $"client{n}");
            yield return new($"Connections__client{n}-rmm__Connector", "bench-rmm");
            yield return new($"Connections__client{n}-rmm__Settings__Key", "env:BENCH_KEY");
            yield return new($"Connections__client{n}-rmm__Settings__Company", $"{n}");
            yield return new($"Connections__client{n}-rmm__Settings__Address", vendor);
        }
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary><c>ledger</c>: appending at concurrency 64 against raw SQLite, verifying against bare SHA-256.</summary>
internal sealed class LedgerBenchmark : IBenchmark
{
    private const int Appenders = 64;
    private const int Rounds = 5;
    private static readonly TenantId Tenant = TenantId.Parse("contoso");

    public string Verb => "ledger";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var count = quick ? 5_000 : 50_000;
        var root = Directory.CreateTempSubdirectory("ledger-benchmark-").FullName;
        try
        {
            await AppendAsync(Path.Combine(root, "warm"), count / 5);
            // Taken in turns, and each round compared with its neighbour: whatever else the machine does meets both.
            var ledger = new List<double>();
            var raw = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                var folder = Path.Combine(root, $"ledger{round}");
                ledger.Add(await AppendAsync(folder, count));
                var rows = RawSqlite.Read(Path.Combine(folder, LedgerFile.Name));
                raw.Add(PerSecond(count, () => RawSqlite.Insert(Path.Combine(root, $"raw{round}.db"), rows)));
            }
            return
            [
                new("ledger append / raw SQLite, 64 appenders", Median([.. ledger.Zip(raw, static (ours, bare) => ours / bare)]), "x", 0.5,
                    new Dictionary<string, double>
                {
                    ["ledger entries per second"] = Median(ledger),
                    ["raw SQLite rows per second"] = Median(raw),
                }),
                Verify(Path.Combine(root, "ledger0", LedgerFile.Name), count),
                Codec(count),
            ];
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<double> AppendAsync(string folder, int count)
    {
        var entries = Enumerable.Range(0, count).Select(SampleEvents.Make).ToArray();
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = new SqliteLedger(
            folder, CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
        var next = -1;
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Appenders).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var result = await ledger.AppendAsync(Tenant, [new(entries[i].Stream, 0)], [entries[i]], CancellationToken.None);
                if (result is not AppendResult.Appended)
                    throw new InvalidOperationException(result.ToString());
            }
        })));
        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static Measured Verify(string path, int count)
    {
        var bodies = RawSqlite.Read(path).ConvertAll(static row => row.Body);
        var hash = new byte[MerkleTree.HashSize];
        var verify = new List<double>();
        var bare = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            verify.Add(PerSecond(count, () =>
            {
                using var database = LedgerFile.OpenToRead(path)!;
                if (LedgerVerifier.Verify(database, Tenant, CancellationToken.None) is not [{ Intact: true }])
                    throw new InvalidOperationException("The ledger just written does not verify.");
            }));
            bare.Add(PerSecond(count, () =>
            {
                foreach (var body in bodies)
                    SHA256.HashData(body, hash);
            }));
        }
        return new("ledger verify", Median(verify), "per s", Math.Min(200_000, Median(bare) / 3), new Dictionary<string, double>
        {
            ["bare SHA-256 over the same bytes, per second"] = Median(bare),
            ["ratio"] = Median(verify) / Median(bare),
        });
    }

    private static Measured Codec(int count)
    {
        var entry = SampleEvents.Make(7);
        var keys = new TenantKeys(Tenant, DataKey.Create("t1"));
        var prepared = CoreFeatures.Codec.Prepare(Tenant, entry, keys);
        var body = new ByteBuffer(4096);
        EntryCodec.Complete(prepared, DateTimeOffset.UnixEpoch, 7, 1, body);
        var leaf = MerkleTree.HashLeaf(body.Written);
        var encode = PerSecond(count, () =>
        {
            for (var i = 0; i < count; i++)
            {
                body.Clear();
                EntryCodec.Complete(CoreFeatures.Codec.Prepare(Tenant, entry, keys), DateTimeOffset.UnixEpoch, 7, 1, body);
            }
        });
        body.Clear();
        EntryCodec.Complete(prepared, DateTimeOffset.UnixEpoch, 7, 1, body);
        leaf = MerkleTree.HashLeaf(body.Written);
        var decode = PerSecond(count, () =>
        {
            for (var i = 0; i < count; i++)
                CoreFeatures.Codec.Decode(body.Written, leaf, prepared.Encrypted, keys);
        });
        var hash = PerSecond(count, () =>
        {
            for (var i = 0; i < count; i++)
                SHA256.HashData(body.Written);
        });
        return new("encode and decode an entry", Math.Min(encode, decode), "per s", 100_000, new Dictionary<string, double>
        {
            ["encode, microseconds"] = 1e6 / encode,
            ["decode, microseconds"] = 1e6 / decode,
            ["bare SHA-256, microseconds"] = 1e6 / hash,
            ["bytes per entry"] = body.Length,
        });
    }

    private static double PerSecond(int count, Action action)
    {
        var since = Stopwatch.GetTimestamp();
        action();
        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

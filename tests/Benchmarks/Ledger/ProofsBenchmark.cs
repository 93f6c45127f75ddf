using System.Diagnostics;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary>
/// <c>proofs</c>: receipts of single entries out of a million, from the stored ledger, each checked against its checkpoint.
/// </summary>
internal sealed class ProofsBenchmark : IBenchmark
{
    private static readonly TenantId Tenant = TenantId.Parse("contoso");

    public string Verb => "proofs";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var size = quick ? 100_000 : 1_000_000;
        var root = Directory.CreateTempSubdirectory("proofs-benchmark-").FullName;
        try
        {
            var file = Path.Combine(root, LedgerFile.Name);
            var range = Fill(file, size);
            var archive = new SqliteArchive(file);
            using var documents = new SqliteDocuments(root);
            var tree = new LedgerTree(archive, documents);
            using var signer = LocalSigningKey.OpenOrCreate(Path.Combine(root, LocalSigningKey.FileName));
            var signed =
                await signer.SignAsync(new Checkpoint(Origins.For(Origins.Default, Tenant), size, range.Root()), CancellationToken.None);
            var keepSeconds = await SecondsAsync(() => tree.KeepNodesAsync(Tenant, size, CancellationToken.None));

            var random = new Random(1);
            var (times, sizes) = (new List<double>(), new List<double>());
            for (var i = 0; i < 1200; i++)
            {
                var seq = random.NextInt64(1, size + 1);
                var since = Stopwatch.GetTimestamp();
                var entry = await archive.ReadAsync(Tenant, seq, seq, CancellationToken.None).FirstAsync();
                var proof = await tree.InclusionAsync(
                    Tenant, seq, MerkleTree.HashLeaf(entry.Body.Span), signed.Checkpoint, CancellationToken.None);
                if (i < 200)
                    continue;
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                sizes.Add(Encoding.UTF8.GetByteCount(new Receipt(entry.Body, proof, signed).ProofText()));
            }
            times.Sort();
            return
            [
                Measured.AtMost($"proof of one entry out of {size:N0}, median", times[times.Count / 2], "ms", 2,
                    new Dictionary<string, double>
                {
                    ["99th percentile, ms"] = times[times.Count * 99 / 100],
                    ["keeping the nodes of the whole tree for the first time, s"] = keepSeconds,
                    ["checking a receipt, ms"] = await CheckAsync(archive, tree, signed, signer),
                    ["working set, MB"] = Environment.WorkingSet / 1024.0 / 1024.0,
                }),
                Measured.AtMost("proof and checkpoint in a receipt, largest", sizes.Max(), "bytes", 2048, new Dictionary<string, double>()),
            ];
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<double> CheckAsync(SqliteArchive archive, LedgerTree tree, SignedCheckpoint signed, LocalSigningKey signer)
    {
        const int Checks = 200;
        var key = await signer.VerifierKeyAsync(signed.Checkpoint.Origin, CancellationToken.None);
        var entry = await archive.ReadAsync(Tenant, 777, 777, CancellationToken.None).FirstAsync();
        var proof = await tree.InclusionAsync(Tenant, 777, MerkleTree.HashLeaf(entry.Body.Span), signed.Checkpoint, CancellationToken.None);
        var text = new Receipt(entry.Body, proof, signed).ToString();
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < Checks; i++)
        {
            if (Receipt.Parse(text).Check([key], Tenant).Problem is { } problem)
                throw new InvalidOperationException(problem);
        }
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds / Checks;
    }

    /// <summary>Rows as the writer stores them, with bodies of the usual size, but in large transactions.</summary>
    private static CompactRange Fill(string file, int size)
    {
        using var database = LedgerFile.OpenToWrite(file);
        database.Execute("PRAGMA synchronous = OFF; BEGIN");
        var insert =
            database.Prepare("INSERT INTO entries(id, tenant, seq, stream, version, leaf, body) VALUES(?, 'contoso', ?, ?, 1, ?, ?)");
        var range = new CompactRange();
        var body = new ByteBuffer(4096);
        var keys = new InMemoryKeyRing().For(Tenant);
        for (var seq = 1; seq <= size; seq++)
        {
            body.Clear();
            var entry = SampleEvents.Make(seq);
            EntryCodec.Complete(CoreFeatures.Codec.Prepare(Tenant, entry, keys), DateTimeOffset.UnixEpoch.AddSeconds(seq), seq, 1, body);
            var leaf = MerkleTree.HashLeaf(body.Written);
            range.Append(leaf);
            insert.Bind(1, seq).Bind(2, seq).Bind(3, entry.Stream.Value).Bind(4, leaf).Bind(5, body.Written);
            insert.Step();
            insert.Reset();
        }
        database.Prepare("INSERT INTO heads(tenant, size, root, range) VALUES('contoso', ?, ?, ?)").Bind(1, size).Bind(2, range.Root())
            .Bind(3, range.Save()).Step();
        database.Execute("COMMIT");
        return range;
    }

    private static async Task<double> SecondsAsync(Func<Task> action)
    {
        var since = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }
}

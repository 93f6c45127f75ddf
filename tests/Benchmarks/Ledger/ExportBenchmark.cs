using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary>
/// <c>export</c>: an evidence bundle of ten times the entries takes ten times as long and no more memory. Each export has a process of its
/// own.
/// </summary>
internal sealed class ExportBenchmark : IBenchmark
{
    private const int PerIncident = 10;
    private static readonly TenantId Tenant = TenantId.Parse("contoso");

    public string Verb => "export";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var many = quick ? 20_000 : 100_000;
        var small = await InItsOwnProcessAsync(many / 10);
        var large = await InItsOwnProcessAsync(many);
        var figures = new Dictionary<string, double>
        {
            ["peak working set, a tenth of the entries, MB"] = small.PeakMegabytes,
            ["peak working set, all entries, MB"] = large.PeakMegabytes,
            ["managed heap left, a tenth of the entries, MB"] = small.HeapMegabytes,
            ["managed heap left, all entries, MB"] = large.HeapMegabytes,
            ["seconds, all entries"] = large.Seconds,
            ["entries per second"] = many / large.Seconds,
            ["bundle, MB"] = large.Megabytes,
            ["seconds to verify it"] = large.VerifySeconds,
        };
        return
        [
            Measured.AtMost($"export: peak memory, {many} entries / {many / 10}", large.PeakMegabytes / small.PeakMegabytes, "x",
                1.25, figures),
            Measured.AtMost("export: time per entry, all / a tenth", large.Seconds / many / (small.Seconds / (many / 10)), "x", 1.5,
                new Dictionary<string, double>()),
        ];
    }

    /// <summary>The part that runs in a process of its own: writes a ledger, exports it, prints what that took.</summary>
    public static async Task<int> MeasureAsync(int count, string folder)
    {
        var file = Path.Combine(folder, LedgerFile.Name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var archive = new SqliteArchive(file);
        var verifier = VerifierKey.Create("bench.example/contoso", key.ExportSubjectPublicKeyInfo());
        var leaves = new CompactRange();
        for (var at = 1L; at <= count; at += 4096)
        {
            var chunk = await archive.LeavesAsync(Tenant, at, 4096, CancellationToken.None);
            for (var i = 0; i < chunk.Length; i += MerkleTree.HashSize)
                leaves.Append(chunk.Span.Slice(i, MerkleTree.HashSize));
        }
        var checkpoint = new Checkpoint(verifier.Name, leaves.Size, leaves.Root());
        var signature =
            key.SignData(Encoding.UTF8.GetBytes(checkpoint.ToText()), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var signed = new SignedCheckpoint(checkpoint, new(checkpoint.ToText(), [new(verifier.Name, verifier.Id, signature)]));
        var request = new BundleRequest(
            Tenant, "Contoso Ltd", "Benchmark", EvidenceSubject.DefaultNamespace, 1, leaves.Size, signed, verifier, WithSealed: false,
            Redaction.None);
        var bundle = Path.Combine(folder, "bundle.zip");
        var since = Stopwatch.GetTimestamp();
        await new BundleExporter(archive, CoreFeatures.Catalog).ExportAsync(
            request, AsyncEnumerable.Empty<SignedCheckpoint>(), bundle, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        since = Stopwatch.GetTimestamp();
        var verdict = await new BundleCheck(CoreFeatures.Catalog).RunAsync(bundle, Tenant, [verifier], CancellationToken.None);
        if (verdict.State != BundleState.Intact)
            throw new InvalidOperationException(verdict.Problem);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds} {peak / 1048576.0} {new FileInfo(bundle).Length / 1048576.0} {Stopwatch.GetElapsedTime(since).TotalSeconds} "
            + $"{heap / 1048576.0}"));
        return 0;
    }

    private static async Task<(double Seconds, double PeakMegabytes, double Megabytes, double VerifySeconds,
        double HeapMegabytes)> InItsOwnProcessAsync(int count)
    {
        var folder = Directory.CreateTempSubdirectory("export-benchmark-").FullName;
        try
        {
            await SeedAsync(folder, count);
            using var process =
                Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. OwnArguments(), "--measure-export", $"{count}", folder])
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException("The export failed.");
            var figures = output.Trim().Split(' ').Select(static figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            return (figures[0], figures[1], figures[2], figures[3], figures[4]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Under <c>dotnet run</c> the process is the program itself, under <c>dotnet x.dll</c> it is the host.</summary>
    private static string[] OwnArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ExportBenchmark).Assembly.Location] : [];

    private static async Task SeedAsync(string folder, int count)
    {
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = new SqliteLedger(
            folder, CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
        foreach (var chunk in Enumerable.Range(0, count / PerIncident).Chunk(100))
        {
            var entries = chunk.SelectMany(number => Story(number, (number * PerIncident) + 1L)).ToList();
            if (await ledger.AppendAsync(Tenant, [], entries, CancellationToken.None) is not AppendResult.Appended)
                throw new InvalidOperationException("Seeding an empty ledger met a conflict.");
        }
    }

    /// <summary>An incident from its alert to its verified end: ten entries.</summary>
    private static IEnumerable<NewEntry> Story(int number, long first)
    {
        var id = Con(1001 + number);
        var device = string.Create(CultureInfo.InvariantCulture, $"SRV-{number % 200:000}");
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var drafting = Actor.Service("drafting");
        var executing = Actor.Service("execution");
        var planDigest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.Value)));
        var target = new Target("contoso-sandbox", "device", device.ToLowerInvariant(), device, "Contoso Ltd");
        var plan = new Plan(
            [new("Restart the Print Spooler", "service.restart", target, new Dictionary<string, string>(),
                "Restart-Service -Name 'Spooler'", [], [], [], null)]);
        var terms = new GateTerms(GateLevel.L2, ["Restarting interrupts."], Role.Approver, 1, true, now.AddYears(100), null, null, "bench");
        var run = $"{id}-x1";
        var correlation = CorrelationId.Parse(id.Value);
        var proposal = StreamId.Proposal(id);
        yield return SampleEvents.Make(number);
        yield return new(StreamId.Incident(id), drafting, correlation,
            new IncidentOpened(id, $"Spooler is down on {device}", Severity.Error, "ServiceDown", device, IncidentScope.One, id.Value, "c",
                id.Value));
        yield return new(proposal, drafting, correlation,
            new RecommendationDrafted(id, 1, "runbook service-stopped v1", "Restart it.", "It is stopped.", [], plan, Risk.Low, null,
                new Dictionary<string, string>(), true));
        yield return new(proposal, drafting, correlation,
            new ProposalStaged(id, 1, ProposalKind.Remedy, drafting, plan, new Dictionary<string, string>(), terms, false, planDigest,
                planDigest));
        yield return new(StreamId.Card(id), drafting, correlation, new CardSending(id, Conversation("19:bench")));
        yield return new(proposal, new(ActorKind.Person, $"person-{number % 20}", $"Person {number % 20}"), correlation,
            new ProposalDecided(id, 1, DecisionKind.Approve, planDigest, null, null, null, true));
        yield return new(proposal, executing, correlation, new ExecutionStarted(id, 1, run, planDigest, "i", now.AddYears(100)), first + 5);
        yield return new(proposal, executing, correlation, new StepFinished(id, run, 0, false, $"{run}-0", StepOutcome.Applied, "done"),
            first + 6);
        yield return new(proposal, executing, correlation,
            new ExecutionFinished(id, run, ExecutionOutcome.Verified, "The service runs.", [], false, null), first + 6);
        yield return new(StreamId.Incident(id), executing, correlation, new IncidentClosed(id, "verified"), first + 8);
    }
}

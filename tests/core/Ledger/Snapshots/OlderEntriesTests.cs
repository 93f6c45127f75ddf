using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Snapshots;

public sealed class OlderEntriesTests : IDisposable
{
    private const int Entries = 2_500;
    private readonly string folder = Directory.CreateTempSubdirectory("older-test-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly ManualClock clock = new();
    private readonly TestKey key = new("test/contoso");
    private readonly Quarantine quarantine = new(NullLogger<Quarantine>.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damage_among_the_entries_that_a_kept_state_stands_for_is_found_though_nobody_has_asked_for_the_state()
    {
        await WriteAsync();
        using (var attacker = LedgerFile.OpenToWrite(Path.Combine(folder, LedgerFile.Name)))
            attacker.Execute("UPDATE entries SET body = replace(body, 'contoso', 'Contoso') WHERE seq = 3");

        (await Should.ThrowAsync<LedgerDamagedException>(CheckAsync)).Seq.ShouldBe(3);
    }

    /// <summary>Nothing that a start reads is changed, so it starts.</summary>
    [Fact]
    public async Task An_entry_that_was_exchanged_together_with_its_leaf_hash_holds_its_tenant()
    {
        await WriteAsync();
        using (var attacker = LedgerFile.OpenToWrite(Path.Combine(folder, LedgerFile.Name)))
        {
            var row = attacker.Prepare("SELECT body FROM entries WHERE seq = 3");
            row.Step();
            var text = Encoding.UTF8.GetString(row.Bytes(0));
            var body = Encoding.UTF8.GetBytes(text.Replace("contoso", "Contoso", StringComparison.Ordinal));
            row.Reset();
            attacker.Prepare("UPDATE entries SET body = ?, leaf = ? WHERE seq = 3").Bind(1, body).Bind(2, MerkleTree.HashLeaf(body)).Run();
        }

        (await CheckAsync()).ShouldBeTrue();

        quarantine.Held[GeneratedHistory.Contoso].ShouldContain("entries are not those that were signed");
    }

    [Fact]
    public async Task An_entry_that_was_taken_out_is_found()
    {
        await WriteAsync();
        using (var attacker = LedgerFile.OpenToWrite(Path.Combine(folder, LedgerFile.Name)))
            attacker.Execute("DELETE FROM entries WHERE seq = 3");

        (await Should.ThrowAsync<LedgerDamagedException>(CheckAsync)).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_whole_is_found_so()
    {
        await WriteAsync();

        (await CheckAsync()).ShouldBeTrue();

        quarantine.Held.ShouldBeEmpty();
    }

    public void Dispose()
    {
        key.Dispose();
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task WriteAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        await new GeneratedHistory(ledger, clock, 7).GoOnAsync(Entries);
        var states = StateBench.Begin(ledger, keyRing.Documents, keyRing.Keys, new StateBench());
        await states.GetAsync(GeneratedHistory.Contoso, Stop);
        await states.SaveAsync();
        using var checkpoints = Checkpoints(keyRing);
        await checkpoints.SignAsync(Stop);
    }

    private async Task<bool> CheckAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        var states = StateBench.Begin(ledger, keyRing.Documents, keyRing.Keys, new StateBench());
        using var checkpoints = Checkpoints(keyRing);
        await states.GetAsync(GeneratedHistory.Contoso, Stop);
        await checkpoints.CompareAsync(Stop);
        quarantine.Held.ShouldBeEmpty("a start finds nothing wrong");
        var checking = new OlderEntriesCheck(
            states, Archive, CoreFeatures.Catalog, keyRing.Keys, quarantine, new SkippingClock(), new(_ => checkpoints, clock));
        var isWhole = await checking.RunAsync(GeneratedHistory.Contoso, Stop);
        states.KeptUpTo(GeneratedHistory.Contoso).ShouldBeGreaterThan(Entries / 2, "the state was made of entries after all");
        return isWhole;
    }

    private SqliteArchive Archive => new(Path.Combine(folder, LedgerFile.Name));

    private TenantCheckpoints Checkpoints(LocalKeyRing keyRing) => new(
        GeneratedHistory.Contoso,
        "test/contoso",
        new(Archive, keyRing.Documents),
        new(keyRing.Documents),
        new(keyRing.Documents),
        key,
        new(new(Path.Combine(folder, "checkpoints"))),
        quarantine);

    private SqliteLedger Open(LocalKeyRing keyRing) =>
        new(folder, CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);
}

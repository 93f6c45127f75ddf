using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
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

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damage_among_the_entries_that_a_kept_state_stands_for_is_found_though_nobody_has_asked_for_the_state()
    {
        await WriteAsync();
        using (var attacker = LedgerFile.OpenToWrite(Path.Combine(folder, LedgerFile.Name)))
            attacker.Execute("UPDATE entries SET body = replace(body, 'contoso', 'Contoso') WHERE seq = 3");

        (await Should.ThrowAsync<LedgerDamagedException>(CheckAsync)).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_whole_is_found_so()
    {
        await WriteAsync();

        (await CheckAsync()).ShouldBeTrue();
    }

    public void Dispose()
    {
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
    }

    private async Task<bool> CheckAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        var states = StateBench.Begin(ledger, keyRing.Documents, keyRing.Keys, new StateBench());
        var checking = new OlderEntries(
            states, null!, new SqliteArchive(Path.Combine(folder, LedgerFile.Name)), CoreFeatures.Catalog, keyRing.Keys,
            new(NullLogger<Quarantine>.Instance), new SkippingClock(), NullLogger<OlderEntries>.Instance);
        var isWhole = await checking.CheckAsync(GeneratedHistory.Contoso, Stop);
        states.KeptUpTo(GeneratedHistory.Contoso).ShouldBeGreaterThan(Entries / 2, "the state was made of entries after all");
        return isWhole;
    }

    private SqliteLedger Open(LocalKeyRing keyRing) =>
        new(folder, CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);
}

using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

/// <summary>Somebody, or a disk, changes what is stored of one tenant while the ledger is closed.</summary>
public sealed class QuarantineTests : IDisposable
{
    private const int Entries = 9;
    private const int PageSize = 4096;

    /// <summary>The first byte of a page of SQLite that holds rows of a table.</summary>
    private const byte TableLeaf = 0x0d;

    /// <summary>The same for the rows of an index.</summary>
    private const byte IndexLeaf = 0x0a;

    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;

    public QuarantineTests() => folder = new(clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("body", 1)]
    [InlineData("body", 5)]
    [InlineData("body", Entries)]
    [InlineData("leaf", 5)]
    [InlineData("sealed", 5)]
    public async Task A_flipped_byte_holds_its_tenant_and_no_other(string column, int seq)
    {
        await FillAsync();
        Tamper(database => Flip(database, column, seq));
        var (ledger, quarantine) = Reopened();
        var states = new TenantStates(ledger, CoreFeatures.Catalog);

        var found = await Should.ThrowAsync<LedgerDamagedException>(async () => await states.GetAsync(Contoso, Token));
        (found.Tenant, found.Seq).ShouldBe((Contoso, seq));
        (await states.FindAsync(Contoso, Token)).ShouldBeNull();
        quarantine.Held.ShouldHaveSingleItem().Value.ShouldContain($"entry {seq}:");
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.AppendAsync(Contoso, [], [Entry()], Token));
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.HeadAsync(Contoso, Token));
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.ReadAsync(Contoso, 0, 1, Token));
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.ReadStreamAsync(Contoso, StreamId.Access, Token));

        (await states.GetAsync(Fabrikam, Token)).Seq.ShouldBe(Entries);
        (await ledger.AppendAsync(Fabrikam, [], [Entry()], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Theory]
    [InlineData("UPDATE entries SET sealed = NULL WHERE tenant = 'contoso' AND seq = 5", "entry 5: what is encrypted beside it is missing")]
    [InlineData("UPDATE entries SET sealed = x'00' WHERE tenant = 'contoso' AND seq = 6",
        "entry 6: it cannot be read (something is encrypted beside it")]
    public async Task What_is_encrypted_beside_an_entry_is_there_when_the_entry_says_so_and_not_otherwise(string tampering, string told)
    {
        await FillAsync();
        Tamper(database =>
        {
            if (tampering.Contains("seq = 6", StringComparison.Ordinal))
                MakePlain(database, 6);
            database.Execute(tampering);
        });
        var (guarded, quarantine) = Reopened();
        (await new TenantStates(guarded, CoreFeatures.Catalog).FindAsync(Contoso, Token)).ShouldBeNull();
        quarantine.Held.ShouldHaveSingleItem().Value.ShouldContain(told);
        (await new TenantStates(guarded, CoreFeatures.Catalog).GetAsync(Fabrikam, Token)).Seq.ShouldBe(Entries);
    }

    [Fact]
    public async Task Damage_that_shows_only_when_a_stream_is_read_holds_the_tenant_from_then_on()
    {
        await FillAsync();
        var (ledger, quarantine) = Reopened();
        (await new TenantStates(ledger, CoreFeatures.Catalog).GetAsync(Contoso, Token)).Seq.ShouldBe(Entries);
        Tamper(database => Flip(database, "body", 2), isOpen: true);
        quarantine.Held.ShouldBeEmpty();
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.ReadStreamAsync(Contoso, StreamId.Access, Token));
        quarantine.Holds(Contoso).ShouldBeTrue();
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.AppendAsync(Contoso, [], [Entry()], Token));
    }

    [Theory]
    [InlineData("UPDATE entries SET seq = -seq WHERE tenant = 'contoso' AND seq IN (3, 4); UPDATE entries SET seq = CASE seq WHEN -3 "
        + "THEN 4 ELSE 3 END WHERE seq < 0")]
    [InlineData("UPDATE entries SET stream = 'incident/CON-1009' WHERE tenant = 'contoso' AND seq = 3")]
    [InlineData("UPDATE entries SET version = 77 WHERE tenant = 'contoso' AND seq = 3")]
    [InlineData("UPDATE entries SET body = (SELECT body FROM entries WHERE tenant = 'fabrikam' AND seq = 3), leaf = (SELECT leaf FROM "
        + "entries WHERE tenant = 'fabrikam' AND seq = 3) WHERE tenant = 'contoso' AND seq = 3")]
    public async Task An_entry_in_the_place_of_another_is_not_taken_for_it(string tampering)
    {
        await FillAsync();
        Tamper(database => database.Execute(tampering));
        var (ledger, _) = Reopened();
        (await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.ReadAsync(Contoso, 0, 100, Token))).Seq.ShouldBe(3);
    }

    [Fact]
    public async Task An_entry_that_no_state_can_be_made_of_holds_its_tenant_and_no_other()
    {
        var ledger = new InMemoryLedger(clock);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var unfit = new EventReceived(
            "E-1", "contoso-x", "1", EventStatus.Firing, Severity.Error, "Odd", null, "Odd", null, null!, "", "", clock.GetUtcNow(), false,
            new Dictionary<string, string>());
        await ledger.AppendAsync(Fabrikam, [], [Entry()], Token);
        await ledger.AppendAsync(Contoso, [], [Entry(), new(StreamId.Access, Actor.Service("test"), CorrelationId.Parse("c-1"), unfit)],
            Token);
        var states = new TenantStates(ledger, CoreFeatures.Catalog, quarantine: quarantine);

        (await Should.ThrowAsync<LedgerDamagedException>(async () => await states.GetAsync(Contoso, Token))).Seq.ShouldBe(2);
        (await states.FindAsync(Contoso, Token)).ShouldBeNull();
        quarantine.Held.ShouldHaveSingleItem().Value.ShouldContain("entry 2: this version of the bot cannot work with it");
        (await states.GetAsync(Fabrikam, Token)).Seq.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_waits_for_more_of_it_waits_quietly()
    {
        await FillAsync();
        Tamper(static database => Flip(database, "body", 3));
        var (ledger, _) = Reopened();
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.ReadAsync(Contoso, 0, 100, Token));
        using var stop = new CancellationTokenSource();
        var waiting = ledger.WaitPastAsync(Contoso, 0, stop.Token).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_page_of_the_file_that_is_zeroed_holds_whose_entries_were_on_it()
    {
        var ledger = folder.Open();
        foreach (var tenant in (TenantId[])[Contoso, Fabrikam])
            await ledger.AppendAsync(tenant, [], [.. Enumerable.Repeat(Entry(), 200)], Token);
        folder.Close();
        // The first rows of the table lie together, and are all the first tenant's.
        var bytes = await File.ReadAllBytesAsync(folder.File, Token);
        var page = Enumerable.Range(1, (bytes.Length / PageSize) - 1)
            .First(number => bytes[number * PageSize] == TableLeaf && Holds(bytes, number, "incident.closed"));
        Holds(bytes, page, "fabrikam").ShouldBeFalse();
        bytes.AsSpan(page * PageSize, PageSize).Clear();
        await File.WriteAllBytesAsync(folder.File, bytes, Token);
        var beside = LedgerVerifier.VerifyFile(folder.File, Fabrikam, Token)!.ShouldHaveSingleItem();
        (beside.First, beside.Entries).ShouldBe((null, 200));
        beside.DamageElsewhere.ShouldNotBeNull().ShouldContain("the table of entries is damaged");
        LedgerVerifier.VerifyFile(folder.File, Contoso, Token)!.ShouldHaveSingleItem().First.ShouldNotBeNull().What
            .ShouldContain("malformed");
        LedgerVerifier.VerifyFile(folder.File, null, Token)!.Select(static one => (one.Tenant, one.Intact))
            .ShouldBe([("contoso", false), ("fabrikam", true)]);
        var (guarded, quarantine) = Reopened();
        var states = new TenantStates(guarded, CoreFeatures.Catalog);
        (await states.FindAsync(Contoso, Token)).ShouldBeNull();
        quarantine.Held.Keys.ShouldBe([Contoso]);
        (await states.GetAsync(Fabrikam, Token)).Seq.ShouldBe(200);
        (await guarded.AppendAsync(Fabrikam, [], [Entry()], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task A_page_that_is_damaged_where_an_entry_would_go_holds_its_tenant_and_the_others_append()
    {
        var ledger = folder.Open();
        // One tenant between the two keeps them from sharing a page of an index.
        foreach (var tenant in (TenantId[])[Contoso, TenantId.Parse("delta"), Fabrikam])
            await ledger.AppendAsync(tenant, [], [.. Enumerable.Repeat(Entry(), 600)], Token);
        folder.Close();
        var bytes = await File.ReadAllBytesAsync(folder.File, Token);
        var pages = Enumerable.Range(1, (bytes.Length / PageSize) - 1)
            .Where(number => bytes[number * PageSize] == IndexLeaf && Holds(bytes, number, "contoso") && !Holds(bytes, number, "fabrikam"))
            .ToList();
        pages.ShouldNotBeEmpty();
        foreach (var page in pages)
            bytes.AsSpan(page * PageSize, PageSize).Clear();
        await File.WriteAllBytesAsync(folder.File, bytes, Token);
        var (guarded, quarantine) = Reopened();
        var damaged = guarded.AppendAsync(Contoso, [], [Entry()], Token).AsTask();
        var beside = guarded.AppendAsync(Fabrikam, [], [Entry()], Token).AsTask();
        (await Should.ThrowAsync<LedgerDamagedException>(() => damaged)).Tenant.ShouldBe(Contoso);
        quarantine.Held.Keys.ShouldBe([Contoso]);
        // Who was in the same batch is told that nothing was recorded, and is not held for it.
        try
        {
            await beside;
        }
        catch (LedgerUnavailableException told)
        {
            told.ShouldNotBeOfType<LedgerDamagedException>();
            await guarded.AppendAsync(Fabrikam, [], [Entry()], Token);
        }
        LedgerVerifier.VerifyFile(folder.File, Contoso, Token)!.ShouldHaveSingleItem().Intact.ShouldBeFalse();
        (await guarded.HeadAsync(Fabrikam, Token)).ShouldBe(601);
        (await guarded.AppendAsync(Fabrikam, [], [Entry()], Token)).ShouldBeOfType<AppendResult.Appended>().Entries
            .ShouldHaveSingleItem().Seq.ShouldBe(602);
        folder.Close();
        folder.Verify(Fabrikam).Intact.ShouldBeTrue();
    }

    public void Dispose() => folder.Dispose();

    private static NewEntry Entry() =>
        new(StreamId.Access, new(ActorKind.Person, "p-1", "Tara"), CorrelationId.Parse("c-1"), new IncidentClosed(Con(1001), "resolved"));

    /// <summary>An entry that has nothing encrypted beside it, with leaf and row to fit.</summary>
    private static void MakePlain(SqliteDatabase database, int seq)
    {
        var row = database.Prepare("SELECT body FROM entries WHERE tenant = 'contoso' AND seq = ?").Bind(1, seq);
        row.Step().ShouldBeTrue();
        var body = System.Text.Json.Nodes.JsonNode.Parse(row.Bytes(0).ToArray())!.AsObject();
        row.Reset();
        body.Remove("sealed").ShouldBeTrue();
        body["actor"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "test", ["kind"] = "service", ["name"] = "test" };
        body["data"]!["reason"] = "resolved";
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        database.Prepare("UPDATE entries SET body = ?, leaf = ?, sealed = NULL WHERE tenant = 'contoso' AND seq = ?")
            .Bind(1, bytes).Bind(2, MerkleTree.HashLeaf(bytes)).Bind(3, seq).Run();
    }

    private static bool Holds(byte[] file, int page, string text) =>
        file.AsSpan(page * PageSize, PageSize).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static void Flip(SqliteDatabase database, string column, int seq)
    {
        var row = database.Prepare($"SELECT {column} FROM entries WHERE tenant = 'contoso' AND seq = ?").Bind(1, seq);
        row.Step().ShouldBeTrue();
        var bytes = row.Bytes(0).ToArray();
        row.Reset();
        bytes[bytes.Length / 2] ^= 1;
        database.Prepare($"UPDATE entries SET {column} = ? WHERE tenant = 'contoso' AND seq = ?").Bind(1, bytes).Bind(2, seq).Run();
    }

    private async Task FillAsync()
    {
        var ledger = folder.Open();
        foreach (var tenant in (TenantId[])[Contoso, Fabrikam])
        {
            for (var n = 0; n < Entries; n++)
                await ledger.AppendAsync(tenant, [], [Entry()], Token);
        }
        folder.Close();
    }

    private (ILedger Ledger, Quarantine Quarantine) Reopened()
    {
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        return (new GuardedLedger(folder.Open(), quarantine), quarantine);
    }

    private void Tamper(Action<SqliteDatabase> change, bool isOpen = false)
    {
        using (var database = SqliteDatabase.OpenToWrite(folder.File))
            change(database);
        if (isOpen)
            folder.Keys.Drop(Contoso);
    }
}

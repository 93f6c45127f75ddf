using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerContract
{
    private readonly LedgerFolder folder;

    public SqliteLedgerTests()
    {
        folder = new(Clock);
        folder.Open();
    }

    protected override ILedger Ledger => folder.Ledger;

    [Fact]
    public async Task A_reopened_ledger_goes_on_where_it_ended()
    {
        var before = await Append(Contoso, StreamId.Access, StreamId.Channels);
        folder.Reopen();
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(2);
        (await Ledger.ReadAsync(Contoso, 0, 10, Token)).Select(Text).ShouldBe(before.Select(Text));
        (await Ledger.AppendAsync(Contoso, [new(StreamId.Access, 0)], [Entry(StreamId.Access)], Token)).ShouldBe(
            new AppendResult.Conflict(StreamId.Access, 0, 1));
        Clock.SetUtcNow(before[0].At.AddDays(-1));
        var after = await Append(Contoso, StreamId.Access);
        (after[0].Seq, after[0].Version, after[0].At).ShouldBe((3, 2, before[0].At));
        (await Ledger.ReadAsync(Contoso, 0, 10, Token)).Select(entry => entry.Seq).ShouldBe([1, 2, 3]);
        folder.Verify(Contoso).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task Old_entries_are_read_from_the_file_and_new_ones_from_memory_without_a_seam()
    {
        for (var i = 0; i < 60; i++)
            await Append(Contoso, [.. Enumerable.Repeat(StreamId.Access, 50)]);
        foreach (var after in (long[])[0, 900, 951, 952, 953, 2000, 2990])
        {
            var page = await Ledger.ReadAsync(Contoso, after, 100, Token);
            page.Select(entry => entry.Seq)
                .ShouldBe(Enumerable.Range((int)after + 1, (int)Math.Min(100, 3000 - after)).Select(seq => (long)seq));
        }
    }

    [Fact]
    public async Task A_ledger_is_held_by_one_process_at_a_time()
    {
        await Append(Contoso, StreamId.Access);
        var refused = Should.Throw<LedgerUnavailableException>(() => folder.OpenAnother());
        refused.Message.ShouldContain("held by another running bot");
        folder.Verify(Contoso).Intact.ShouldBeTrue();
        await Append(Contoso, StreamId.Access);
    }

    [Fact]
    public async Task While_the_file_is_locked_appends_fail_cleanly_and_afterwards_they_work_again()
    {
        await Append(Contoso, StreamId.Access);
        using (var stranger = SqliteDatabase.OpenToWrite(folder.File))
        {
            stranger.Execute("BEGIN IMMEDIATE");
            await Should.ThrowAsync<LedgerUnavailableException>(() => Append(Contoso, StreamId.Access));
            folder.Ledger.Unwritable.ShouldNotBeNull();
            (await Ledger.ReadAsync(Contoso, 0, 10, Token)).ShouldHaveSingleItem();
            stranger.Execute("ROLLBACK");
        }
        (await Append(Contoso, StreamId.Access))[0].Version.ShouldBe(2);
        folder.Ledger.Unwritable.ShouldBeNull();
        folder.Verify(Contoso).Entries.ShouldBe(2);
    }

    [Fact]
    public async Task When_the_disk_is_full_nothing_is_half_written_and_the_writer_recovers()
    {
        await Append(Contoso, StreamId.Access);
        folder.Ledger.Writer.Session!.Database.Execute("PRAGMA max_page_count = 20");
        var full = 0;
        for (var i = 0; i < 500 && full == 0; i++)
        {
            try
            {
                await Append(Contoso, StreamId.Access, StreamId.Channels);
            }
            catch (LedgerUnavailableException)
            {
                full++;
            }
        }
        full.ShouldBe(1);
        var head = await Ledger.HeadAsync(Contoso, Token);
        (head % 2).ShouldBe(1);
        folder.Verify(Contoso).ShouldSatisfyAllConditions(found => found.Intact.ShouldBeTrue(), found => found.Entries.ShouldBe(head));
        (await Append(Contoso, StreamId.Access))[0].Seq.ShouldBe(head + 1);
        folder.Verify(Contoso).Entries.ShouldBe(head + 1);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public async Task A_ledger_that_lacks_an_entry_says_so_rather_than_have_readers_ask_for_ever(int missing)
    {
        await Append(Contoso, StreamId.Access, StreamId.Access, StreamId.Access);
        Tamper($"DELETE FROM entries WHERE seq = {missing}");
        (await Should.ThrowAsync<LedgerUnavailableException>(async () => await Ledger.ReadAsync(Contoso, 0, 10, Token)))
            .Message.ShouldContain($"The record of contoso is damaged: entry {missing}: it is missing from the ledger.");
        (await Ledger.ReadAsync(Contoso, 0, missing - 1, Token)).Count.ShouldBe(missing - 1);
        await Should.ThrowAsync<LedgerUnavailableException>(
            async () => await new TenantStates(Ledger, CoreFeatures.Catalog).GetAsync(Contoso, Token));
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso'")]
    [InlineData("UPDATE heads SET range = x'00' WHERE tenant = 'contoso'")]
    [InlineData("UPDATE entries SET body = 'no entry' WHERE tenant = 'contoso'")]
    public async Task What_is_wrong_with_one_tenants_ledger_keeps_no_other_tenant_from_writing(string tampering)
    {
        await Append(Contoso, StreamId.Access);
        Tamper(tampering);
        var damaged = Enumerable.Range(0, 100)
            .Select(_ => Should.ThrowAsync<LedgerUnavailableException>(() => Append(Contoso, StreamId.Access)));
        var sound = Enumerable.Range(0, 100).Select(_ => Append(Fabrikam, StreamId.Access));
        await Task.WhenAll(damaged.Zip(sound).SelectMany(static pair => new Task[] { pair.First, pair.Second }));
        (await Ledger.HeadAsync(Fabrikam, Token)).ShouldBe(100);
        folder.Verify(Fabrikam).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_ledger_says_so()
    {
        folder.Ledger.Dispose();
        await Should.ThrowAsync<LedgerUnavailableException>(() => Append(Contoso, StreamId.Access));
    }

    [Fact]
    public async Task Cursors_are_kept()
    {
        var store = folder.Ledger;
        (await store.LoadAsync("cards", Contoso, Token)).ShouldBe(0);
        await store.SaveAsync([new("cards", Contoso, 7), new("cards", Fabrikam, 9)], Token);
        await store.SaveAsync([new("cards", Contoso, 8)], Token);
        folder.Reopen();
        (await folder.Ledger.LoadAsync("cards", Contoso, Token)).ShouldBe(8);
        (await folder.Ledger.LoadAsync("cards", Fabrikam, Token)).ShouldBe(9);
    }

    [Fact]
    public void The_packaged_library_is_used_unless_the_systems_is_newer()
    {
        SqliteLibrary.Description.ShouldMatch(@"^SQLite 3\.\d+\.\d+ \((packaged|libsqlite3\.so(\.0)?|libsqlite3\.dylib|winsqlite3)\)$");
        var packaged = SqliteLibrary.PackagedVersion();
        packaged.ShouldBeGreaterThanOrEqualTo(3_053_000);
        var isPackaged = SqliteLibrary.Description.EndsWith("(packaged)", StringComparison.Ordinal);
        SQLitePCL.raw.sqlite3_libversion_number().ShouldSatisfyAllConditions(
            inUse => inUse.ShouldBeGreaterThanOrEqualTo(packaged),
            inUse => (inUse == packaged).ShouldBe(isPackaged));
    }

    private void Tamper(string sql)
    {
        folder.Close();
        using (var attacker = SqliteDatabase.OpenToWrite(folder.File))
            attacker.Execute(sql);
        folder.Open();
    }

    public override void Dispose()
    {
        folder.Dispose();
        base.Dispose();
    }
}

using System.Buffers.Binary;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

/// <summary>
/// The newest entries are in SQLite's write-ahead log: a copy of the folder without it, or with a damaged one, must not pass for whole.
/// </summary>
public sealed class LostEndTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");

    private readonly LedgerFolder folder = new(TimeProvider.System);
    private readonly string copies = Directory.CreateTempSubdirectory("ledger-copies-").FullName;
    private int copied;

    [Fact]
    public async Task A_clean_stop_leaves_nothing_in_the_log()
    {
        await WriteAsync(60);
        new FileInfo(folder.File + "-wal").Length.ShouldBeGreaterThan(0);
        folder.Close();
        (new FileInfo(folder.File + "-wal") is { Exists: true, Length: > 0 }).ShouldBeFalse();
        folder.Verify(Contoso).Entries.ShouldBe(60);
    }

    [Fact]
    public async Task After_a_kill_the_whole_folder_starts_with_every_entry()
    {
        await WriteAsync(60);
        var copy = Copy();
        ShouldVerify(copy);
        (await StartAsync(copy)).ShouldBe(60);
        var withoutIndex = Copy();
        File.Delete(Path.Combine(withoutIndex, LedgerFile.Name + "-shm"));
        (await StartAsync(withoutIndex)).ShouldBe(60);
    }

    [Fact]
    public async Task A_copy_without_its_log_is_found_and_does_not_start()
    {
        await WriteAsync(60);
        var copy = Copy();
        File.Delete(Log(copy));
        ShouldRefuse(copy, "no log");
    }

    [Fact]
    public async Task A_log_cut_anywhere_is_found_and_does_not_start()
    {
        await WriteAsync(60);
        var whole = await File.ReadAllBytesAsync(Log(Copy()), TestContext.Current.CancellationToken);
        var ends = EndsOfCommits(whole);
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var at = round < 3 ? round : random.Next(ends[^1]);
            var copy = Copy();
            await File.WriteAllBytesAsync(Log(copy), whole[..at], TestContext.Current.CancellationToken);
            ShouldRefuse(copy, $"cut at {at} of {ends[^1]}");
        }
    }

    [Fact]
    public async Task A_bit_flipped_anywhere_in_the_log_is_found_and_does_not_start()
    {
        await WriteAsync(60);
        var whole = await File.ReadAllBytesAsync(Log(Copy()), TestContext.Current.CancellationToken);
        var end = EndsOfCommits(whole)[^1];
        var random = new Random(8);
        for (var round = 0; round < 60; round++)
        {
            var at = random.Next(end);
            var flipped = whole.ToArray();
            flipped[at] ^= (byte)(1 << random.Next(8));
            var copy = Copy();
            await File.WriteAllBytesAsync(Log(copy), flipped, TestContext.Current.CancellationToken);
            ShouldRefuse(copy, $"byte {at} of {end}");
        }
    }

    [Fact]
    public async Task An_older_log_or_an_older_file_beside_newer_heads_is_found_and_does_not_start()
    {
        await WriteAsync(30);
        var older = Copy();
        await WriteAsync(30);
        var copy = Copy();
        File.Copy(Log(older), Log(copy), overwrite: true);
        ShouldRefuse(copy, "an older log");
        copy = Copy();
        File.Delete(Log(copy));
        File.Copy(Path.Combine(older, LedgerFile.Name), Path.Combine(copy, LedgerFile.Name), overwrite: true);
        ShouldRefuse(copy, "an older file");
        copy = Copy();
        File.Delete(Log(copy));
        File.Delete(Path.Combine(copy, LedgerFile.Name));
        ShouldNotStart(copy, "no file");
    }

    [Fact]
    public async Task What_a_power_cut_leaves_of_a_commit_that_was_never_acknowledged_is_no_damage()
    {
        await WriteAsync(20);
        var before = Copy();
        await WriteAsync(1);
        var whole = await File.ReadAllBytesAsync(Log(Copy()), TestContext.Current.CancellationToken);
        var ends = EndsOfCommits(whole);
        var random = new Random(9);
        for (var round = 0; round < 60; round++)
        {
            // Whatever part of the last transaction reached the disk, in whatever order: the heads beside it are of the commit before.
            var torn = whole.ToArray();
            for (var at = ends[^2]; at < ends[^1]; at += 512)
            {
                if (random.Next(2) == 0)
                    torn.AsSpan(at, Math.Min(512, ends[^1] - at)).Clear();
            }
            torn[ends[^1] - 1] ^= 1;
            var copy = Copy(before);
            await File.WriteAllBytesAsync(Log(copy), torn, TestContext.Current.CancellationToken);
            (await StartAsync(copy)).ShouldBe(20, $"round {round}");
        }
    }

    [Fact]
    public async Task A_head_that_was_cut_short_leaves_the_one_before()
    {
        await WriteAsync(20);
        var copy = Copy();
        var heads = Path.Combine(copy, DurableHeads.Name);
        var whole = await File.ReadAllBytesAsync(heads, TestContext.Current.CancellationToken);
        for (var at = 0; at < whole.Length; at += 16)
        {
            var torn = whole.ToArray();
            torn[at] ^= 0x55;
            await File.WriteAllBytesAsync(heads, torn, TestContext.Current.CancellationToken);
            DurableHeads.Read(copy)["contoso"].Size.ShouldBeInRange(19, 20);
        }
        await File.WriteAllBytesAsync(heads, whole, TestContext.Current.CancellationToken);
        (await StartAsync(copy)).ShouldBe(20);
    }

    [Fact]
    public async Task A_client_wiped_from_the_file_is_found()
    {
        await WriteAsync(20);
        await WriteAsync(5, Fabrikam);
        folder.Close();
        using (var database = SqliteDatabase.OpenToWrite(folder.File))
            database.Execute("DELETE FROM entries WHERE tenant = 'fabrikam'; DELETE FROM heads WHERE tenant = 'fabrikam';");
        var found = LedgerVerifier.VerifyFile(folder.File, null, CancellationToken.None).ShouldNotBeNull();
        found.Single(tenant => tenant.Tenant == "fabrikam").First!.What.ShouldContain("ends at entry 0, but entry 5 was written");
        found.Single(tenant => tenant.Tenant == "contoso").Intact.ShouldBeTrue();
        ShouldNotStart(folder.Path, "wiped");
    }

    [Fact]
    public async Task Another_root_over_as_many_entries_is_found_and_does_not_start()
    {
        await WriteAsync(20);
        folder.Close();
        using (var database = SqliteDatabase.OpenToWrite(folder.File))
            database.Execute("UPDATE heads SET root = zeroblob(32)");
        ShouldRefuse(folder.Path, "another root");
    }

    [Fact]
    public void The_folder_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        folder.Open();
        File.GetUnixFileMode(folder.Path).ShouldBe((UnixFileMode)0b111_000_000);
    }

    [Fact]
    public async Task A_loss_that_is_accepted_lets_the_bot_go_on_and_keeps_what_was_given_up()
    {
        await WriteAsync(60);
        var copy = Copy();
        var log = await File.ReadAllBytesAsync(Log(copy), TestContext.Current.CancellationToken);
        log[EndsOfCommits(log)[20] + 100] ^= 1;
        await File.WriteAllBytesAsync(Log(copy), log, TestContext.Current.CancellationToken);
        ShouldRefuse(copy, "before");
        (await StartAsync(copy, acceptLoss: true)).ShouldBeInRange(1, 59);
        (await StartAsync(copy)).ShouldBeInRange(1, 59);
        Directory.GetFiles(copy, "*.given-up-*").Length.ShouldBe(2);
    }

    public void Dispose()
    {
        folder.Dispose();
        Directory.Delete(copies, recursive: true);
    }

    private async Task WriteAsync(int entries, TenantId? tenant = null)
    {
        if (!File.Exists(folder.File))
            folder.Open();
        for (var number = 0; number < entries; number++)
        {
            (await folder.Ledger.AppendAsync(
                tenant ?? Contoso, [],
                [new(StreamId.Incident(Con(1)), Actor.Service("test"), CorrelationId.Parse("c"),
                new IncidentClosed(Con(1), $"number {number}"))],
                CancellationToken.None))
                .ShouldBeOfType<AppendResult.Appended>();
        }
    }

    private string Copy(string? from = null)
    {
        var copy = Directory.CreateDirectory(Path.Combine(copies, $"{++copied}")).FullName;
        foreach (var file in Directory.GetFiles(from ?? folder.Path)
            .Where(file => !file.EndsWith(LedgerFile.LockName, StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static string Log(string copy) => Path.Combine(copy, LedgerFile.Name + "-wal");

    /// <summary>Where in the log each commit ends.</summary>
    private static List<int> EndsOfCommits(byte[] log)
    {
        var frame = 24 + (int)BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(8));
        List<int> ends = [];
        for (var at = 32; at + frame <= log.Length; at += frame)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(at + 4)) != 0)
                ends.Add(at + frame);
        }
        return ends;
    }

    private static void ShouldVerify(string copy) =>
        LedgerVerifier.VerifyFile(Path.Combine(copy, LedgerFile.Name), null, CancellationToken.None).ShouldNotBeNull()
            .ShouldAllBe(tenant => tenant.Intact);

    private static void ShouldRefuse(string copy, string what)
    {
        LedgerVerifier.VerifyFile(Path.Combine(copy, LedgerFile.Name), null, CancellationToken.None).ShouldNotBeNull()
            .Any(static tenant => !tenant.Intact).ShouldBeTrue(what);
        ShouldNotStart(copy, what);
    }

    private static void ShouldNotStart(string copy, string what)
    {
        using var metrics = new LedgerMetrics();
        var refused = Should.Throw<LedgerUnavailableException>(
            () => new SqliteLedger(copy, CoreFeatures.Catalog, new InMemoryKeyRing(), TimeProvider.System, metrics,
                NullLogger<SqliteLedger>.Instance).Dispose(), what);
        refused.Message.ShouldContain("Storage:AcceptLoss");
    }

    private static async Task<long> StartAsync(string copy, bool acceptLoss = false)
    {
        using var metrics = new LedgerMetrics();
        using var ledger = new SqliteLedger(
            copy, CoreFeatures.Catalog, new InMemoryKeyRing(), TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance, acceptLoss);
        var head = await ledger.HeadAsync(Contoso, CancellationToken.None);
        (await ledger.ReadAsync(Contoso, 0, int.MaxValue, CancellationToken.None)).Count.ShouldBe((int)head);
        return head;
    }
}

using System.Text;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

public sealed class LedgerVerifierTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;

    public LedgerVerifierTests() => folder = new(clock);

    [Fact]
    public async Task An_untouched_ledger_is_intact_also_while_it_is_in_use()
    {
        await WriteAsync(300);
        folder.Verify(Contoso).ShouldSatisfyAllConditions(
            found => found.Intact.ShouldBeTrue(found.First?.ToString()),
            found => found.Entries.ShouldBe(300),
            found => found.Root.Length.ShouldBe(64));
        Verify(null).Select(found => (found.Tenant, found.Intact)).ShouldBe([("contoso", true), ("fabrikam", true)]);
        Verify(TenantId.Parse("nobody")).ShouldBeEmpty();
        LedgerVerifier.VerifyFile(folder.File + "x", Contoso, CancellationToken.None).ShouldBeNull();
    }

    [Fact]
    public async Task Any_changed_byte_of_any_entry_is_found_and_the_entry_named()
    {
        await WriteAsync(4);
        folder.Close();
        using var attacker = Attacker();
        var tried = 0;
        foreach (var row in Rows(attacker))
        {
            foreach (var (column, value) in row.Values)
            {
                for (var at = 0; at < value.Length; at++)
                {
                    foreach (var bit in (byte[])[1, 0x80])
                    {
                        var changed = value.ToArray();
                        changed[at] ^= bit;
                        if (!TrySet(attacker, row.Id, column, changed))
                            continue;
                        tried++;
                        var found = Verify(Contoso).ShouldHaveSingleItem();
                        found.First.ShouldNotBeNull($"{column} byte {at} of entry {row.Seq}").Seq
                            .ShouldBe(row.Seq, $"{column} byte {at}: {found.First}");
                        TrySet(attacker, row.Id, column, value).ShouldBeTrue();
                    }
                }
            }
        }
        tried.ShouldBeGreaterThan(2000);
        Verify(Contoso).ShouldHaveSingleItem().Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task Any_changed_byte_of_the_head_is_found()
    {
        await WriteAsync(7);
        folder.Close();
        using var attacker = Attacker();
        foreach (var column in (string[])["tenant", "size", "root", "range"])
        {
            var value = Blob(attacker, $"SELECT CAST({column} AS BLOB) FROM heads WHERE tenant = 'contoso'");
            for (var at = 0; at < value.Length; at++)
            {
                var changed = value.ToArray();
                changed[at] ^= 1;
                SetHead(attacker, column, changed, "contoso");
                Verify(Contoso).ShouldHaveSingleItem().Intact.ShouldBeFalse($"{column} byte {at}");
                SetHead(attacker, column, value, column == "tenant" ? Encoding.UTF8.GetString(changed) : "contoso");
            }
        }
        Verify(Contoso).ShouldHaveSingleItem().Intact.ShouldBeTrue();
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso' AND seq = 4", 4)]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso' AND seq BETWEEN 4 AND 6", 4)]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso' AND seq = 1", 1)]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso' AND seq > 8", 9)]
    [InlineData("DELETE FROM entries WHERE tenant = 'contoso'", 1)]
    [InlineData("INSERT INTO entries(tenant, seq, stream, version, leaf, body) SELECT tenant, 11, stream, 99, leaf, body FROM entries "
        + "WHERE tenant = 'contoso' AND seq = 10", 11)]
    [InlineData("UPDATE entries SET body = (SELECT body FROM entries WHERE tenant = 'contoso' AND seq = 4), leaf = (SELECT leaf FROM "
        + "entries WHERE tenant = 'contoso' AND seq = 4) WHERE tenant = 'contoso' AND seq = 3", 3)]
    [InlineData("UPDATE entries SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE tenant = 'contoso' AND seq IN (3, 4); UPDATE entries "
        + "SET seq = -seq WHERE seq < 0", 3)]
    [InlineData("UPDATE entries SET tenant = 'fabrikam', seq = 99, version = 99 WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET body = x'fffefd' WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET body = x'' WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET leaf = x'' WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET sealed = NULL WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET sealed = x'' WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE tenant = 'contoso' AND seq = 4) WHERE tenant = 'contoso' "
        + "AND seq = 5", 5)]
    [InlineData("UPDATE entries SET version = 70 WHERE tenant = 'contoso' AND seq = 5", 5)]
    [InlineData("DELETE FROM heads WHERE tenant = 'contoso'", 10)]
    [InlineData("UPDATE heads SET size = 9 WHERE tenant = 'contoso'", 10)]
    [InlineData("UPDATE heads SET root = (SELECT root FROM heads WHERE tenant = 'fabrikam') WHERE tenant = 'contoso'", 10)]
    public async Task Rows_that_are_removed_added_moved_or_swapped_are_found(string attack, long named)
    {
        await WriteAsync(10);
        folder.Close();
        using (var attacker = Attacker())
            attacker.Execute(attack);
        var found = Verify(Contoso).ShouldHaveSingleItem();
        found.First.ShouldNotBeNull().Seq.ShouldBe(named, found.First.ToString());
    }

    [Fact]
    public async Task An_entry_rewritten_with_its_leaf_is_narrowed_down_by_the_tree()
    {
        await WriteAsync(13);
        folder.Close();
        using (var attacker = Attacker())
        {
            var body = Encoding.UTF8.GetString(Blob(attacker, "SELECT body FROM entries WHERE tenant = 'contoso' AND seq = 10"))
                .Replace("resolved", "rejected", StringComparison.Ordinal);
            attacker.Prepare("UPDATE entries SET body = ?, leaf = ? WHERE tenant = 'contoso' AND seq = 10")
                .Bind(1, Encoding.UTF8.GetBytes(body)).Bind(2, MerkleTree.HashLeaf(Encoding.UTF8.GetBytes(body))).Run();
        }
        // Thirteen leaves are subtrees of eight, four and one: the tenth is in the second.
        Verify(Contoso).ShouldHaveSingleItem().First.ShouldNotBeNull().Seq.ShouldBe(9);
        Verify(Fabrikam).ShouldHaveSingleItem().Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_bit_flipped_anywhere_in_the_file_is_found_when_it_changes_an_entry_and_never_throws()
    {
        const int Flips = 400;
        await WriteAsync(1500);
        folder.Close();
        var original = await File.ReadAllBytesAsync(folder.File, TestContext.Current.CancellationToken);
        var entries = Dump(folder.File).ShouldNotBeNull();
        var random = new Random(4711);
        var changedEntries = 0;
        for (var flip = 0; flip < Flips; flip++)
        {
            var at = random.Next(original.Length);
            var bit = (byte)(1 << random.Next(8));
            original[at] ^= bit;
            await File.WriteAllBytesAsync(folder.File, original, TestContext.Current.CancellationToken);
            original[at] ^= bit;
            // Space that SQLite does not use and the indexes hold no entries: only a flip that changes what is read has to be found.
            var changed = Dump(folder.File)?.SequenceEqual(entries) != true;
            changedEntries += changed ? 1 : 0;
            var found = Verify(null);
            if (changed)
                found.Any(static tenant => !tenant.Intact).ShouldBeTrue($"bit {bit} of byte {at}");
        }
        changedEntries.ShouldBeGreaterThan(Flips / 3);
    }

    [Fact]
    public async Task A_bit_flipped_in_the_write_ahead_log_of_a_copy_is_found_though_SQLite_would_only_forget_what_follows()
    {
        await WriteAsync(60);
        var copy = Directory.CreateDirectory(Path.Combine(folder.Path, "copy")).FullName;
        var log = Path.Combine(copy, LedgerFile.Name + "-wal");
        File.Copy(folder.File, Path.Combine(copy, LedgerFile.Name));
        File.Copy(folder.File + "-wal", log);
        VerifyCopy().ShouldAllBe(tenant => tenant.Intact);
        var original = await File.ReadAllBytesAsync(log, TestContext.Current.CancellationToken);
        var random = new Random(99);
        for (var flip = 0; flip < 150; flip++)
        {
            var at = random.Next(original.Length);
            // The page number and the length of the database are covered, the checksum itself is; nothing in a log is unused.
            var bit = (byte)(1 << random.Next(8));
            original[at] ^= bit;
            await File.WriteAllBytesAsync(log, original, TestContext.Current.CancellationToken);
            original[at] ^= bit;
            VerifyCopy().Any(static tenant => !tenant.Intact).ShouldBeTrue($"bit {bit} of byte {at} of {original.Length}");
        }
        // What a crash in the middle of a write leaves behind was never acknowledged: no damage.
        await File.WriteAllBytesAsync(log, original[..^100], TestContext.Current.CancellationToken);
        VerifyCopy().ShouldAllBe(tenant => tenant.Intact);

        IReadOnlyList<TenantVerification> VerifyCopy() =>
            LedgerVerifier.VerifyFile(Path.Combine(copy, LedgerFile.Name), null, CancellationToken.None).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.9)]
    public async Task A_truncated_file_is_found(double kept)
    {
        await WriteAsync(300);
        folder.Close();
        using (var file = File.OpenWrite(folder.File))
            file.SetLength((long)(file.Length * kept));
        Verify(Contoso).ShouldHaveSingleItem().Intact.ShouldBeFalse();
    }

    [Fact]
    public async Task Random_bytes_in_place_of_the_file_are_found()
    {
        var garbage = new byte[20_000];
        new Random(7).NextBytes(garbage);
        await File.WriteAllBytesAsync(folder.File, garbage, TestContext.Current.CancellationToken);
        Verify(Contoso).ShouldHaveSingleItem().First.ShouldNotBeNull().What.ShouldContain("cannot be read as a ledger");
    }

    public void Dispose() => folder.Dispose();

    private async Task WriteAsync(int count)
    {
        var ledger = folder.Open();
        for (var i = 0; i < count; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(7));
            NewEntry entry = new(
                i % 3 == 0 ? StreamId.Access : StreamId.Incident(Con(1000 + i)),
                new(ActorKind.Person, "ana", "Ana \"A\" López"), CorrelationId.Parse("c0ffee"),
                new IncidentClosed(Con(1000 + i), "resolved"),
                i > 0 ? i : null);
            await ledger.AppendAsync(Contoso, [], [entry], CancellationToken.None);
            if (i % 2 == 0)
                await ledger.AppendAsync(Fabrikam, [], [entry with { Causation = null }], CancellationToken.None);
        }
    }

    private IReadOnlyList<TenantVerification> Verify(TenantId? tenant) =>
        LedgerVerifier.VerifyFile(folder.File, tenant, CancellationToken.None).ShouldNotBeNull();

    private SqliteDatabase Attacker()
    {
        var database = SqliteDatabase.OpenToWrite(folder.File);
        database.Execute("PRAGMA synchronous = OFF");
        return database;
    }

    private static List<(long Id, long Seq, Dictionary<string, byte[]> Values)> Rows(SqliteDatabase database)
    {
        var rows = new List<(long, long, Dictionary<string, byte[]>)>();
        var select = database.Prepare(
            "SELECT id, seq, tenant, stream, version, leaf, body, sealed FROM entries WHERE tenant = 'contoso' ORDER BY seq");
        while (select.Step())
        {
            rows.Add((select.Number(0), select.Number(1), new()
            {
                ["tenant"] = select.Bytes(2).ToArray(),
                ["seq"] = BitConverter.GetBytes(select.Number(1)),
                ["stream"] = select.Bytes(3).ToArray(),
                ["version"] = BitConverter.GetBytes(select.Number(4)),
                ["leaf"] = select.Bytes(5).ToArray(),
                ["body"] = select.Bytes(6).ToArray(),
                ["sealed"] = select.Bytes(7).ToArray(),
            }));
        }
        return rows;
    }

    /// <summary>False when the unique indexes do not let it be stored.</summary>
    private static bool TrySet(SqliteDatabase database, long id, string column, byte[] value)
    {
        var update = database.Prepare($"UPDATE entries SET {column} = ? WHERE id = ?").Bind(2, id);
        _ = column switch
        {
            "seq" or "version" => update.Bind(1, BitConverter.ToInt64(value)),
            "tenant" or "stream" => update.BindText(1, value),
            _ => update.Bind(1, value),
        };
        try
        {
            update.Run();
            return true;
        }
        catch (LedgerFileException taken) when (taken.Code == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            return false;
        }
        finally
        {
            update.Dispose();
        }
    }

    private static void SetHead(SqliteDatabase database, string column, byte[] value, string tenant)
    {
        var update = database.Prepare($"UPDATE heads SET {column} = ? WHERE tenant = ?").Bind(2, tenant);
        _ = column switch
        {
            "size" => update.Bind(
                1, long.Parse(Encoding.ASCII.GetString(value).Replace('4', '9').Replace('6', '3'),
                    System.Globalization.CultureInfo.InvariantCulture)),
            "tenant" => update.BindText(1, value),
            _ => update.Bind(1, value),
        };
        update.Run();
    }

    private static byte[] Blob(SqliteDatabase database, string sql)
    {
        var select = database.Prepare(sql);
        select.Step().ShouldBeTrue();
        var value = select.Bytes(0).ToArray();
        select.Reset();
        return value;
    }

    /// <summary>Every entry as SQLite reads it from the table; null when it cannot.</summary>
    private static List<string>? Dump(string path)
    {
        try
        {
            using var database = SqliteDatabase.OpenToRead(path);
            var rows = new List<string>();
            var select = database.Prepare("SELECT tenant, seq, stream, version, leaf, body, sealed FROM entries NOT INDEXED ORDER BY id");
            while (select.Step())
                rows.Add(string.Join('|', Enumerable.Range(0, 7).Select(column => Convert.ToHexString(select.Bytes(column)))));
            return rows;
        }
        catch (LedgerFileException)
        {
            return null;
        }
    }
}

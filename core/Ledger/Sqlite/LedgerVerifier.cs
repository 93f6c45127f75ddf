using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Tenancy;
using SQLitePCL;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Recomputes everything that the ledger claims from the stored bytes: every leaf, the order, what each row says of itself, the streams'
/// versions, the tree and its head. Reads the table from front to back, then its indexes; needs the same memory for any length. A page that
/// cannot be read concerns the tenants whose rows are on it: the others' are found by the index.
/// </summary>
public sealed partial class LedgerVerifier
{
    private const int BlocksAhead = 4;
    private const string Columns = "SELECT id, tenant, seq, stream, version, leaf, body, sealed IS NULL, sealed FROM entries";

    private readonly SqliteDatabase database;
    private readonly byte[]? only;
    private readonly ulong key = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
    private readonly Dictionary<string, TenantCheck> tenants = [];

    private readonly IReadOnlyDictionary<TenantId, IReadOnlyList<long>> sizes;
    private SqliteStatement? heads;
    private string? damagedTable;

    private LedgerVerifier(SqliteDatabase database, TenantId? only, IReadOnlyDictionary<TenantId, IReadOnlyList<long>>? sizes = null)
    {
        (this.database, this.only) = (database, only is { } tenant ? Encoding.UTF8.GetBytes(tenant.Value) : null);
        this.sizes = sizes ?? new Dictionary<TenantId, IReadOnlyList<long>>();
    }

    /// <summary>
    /// Verifies one tenant, or every tenant found when <paramref name="only"/> is null. Empty when there is nothing of that tenant.
    /// </summary>
    /// <exception cref="LedgerFileException">The file cannot be read for reasons that are not its own, as when it is locked.</exception>
    public static IReadOnlyList<TenantVerification> Verify(SqliteDatabase database, TenantId? only, CancellationToken cancellationToken)
    {
        var verifier = new LedgerVerifier(database, only);
        verifier.Run(cancellationToken);
        return verifier.Results();
    }

    /// <summary>
    /// As <see cref="Verify"/>; null when there is no file. A file that is no ledger any more is a problem found, not an exception.
    /// </summary>
    /// <param name="sizes">Also recompute the roots over the first so many entries, for <see cref="TenantVerification.RootsAt"/>.</param>
    /// <exception cref="LedgerFileException">As <see cref="Verify"/>.</exception>
    public static IReadOnlyList<TenantVerification>? VerifyFile(
        string path, TenantId? only, CancellationToken cancellationToken, IReadOnlyDictionary<TenantId, IReadOnlyList<long>>? sizes = null)
    {
        try
        {
            var loss = LedgerFile.FindLoss(path);
            // Before the entries: where a bot goes on appending, they are newer than what is read here.
            var lost = File.Exists(path) ? LedgerStart.Missing(path, only?.Value) : new Dictionary<string, string>();
            using var opened = LedgerFile.OpenToRead(path);
            if (opened is null)
                return null;
            var verifier = new LedgerVerifier(opened, only, sizes);
            verifier.Run(cancellationToken);
            if (loss is not null)
                verifier.ReportDamage(loss);
            foreach (var (tenant, missing) in lost)
                verifier.For(Encoding.UTF8.GetBytes(tenant))?.Damage(missing);
            return verifier.Results();
        }
        catch (LedgerFileException failure) when (IsTampering(failure))
        {
            return [new(only?.Value ?? "*", 0, "", new(0, null, null, $"the file cannot be read as a ledger: {failure.Message}"), 1)];
        }
    }

    /// <summary>Whether a failure says something about the stored data, not about the moment.</summary>
    private static bool IsTampering(LedgerFileException failure) =>
        !failure.IsUnknownFormat
            && failure.Code
                is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN
                    or raw.SQLITE_INTERRUPT);

    private void Run(CancellationToken cancellationToken)
    {
        // One snapshot, so that a bot that goes on appending does not disturb.
        Step("the file", () => database.Execute("BEGIN"));
        Step("the table of heads", FindTenants);
        CheckEntriesOrEach(cancellationToken);
        foreach (var check in tenants.Values)
            check.ReportMissingEncrypted();
        foreach (var check in tenants.Values)
            Step("the table of heads", () => CheckHead(check), check);
        Step("the table of cursors", CheckCursors);
        foreach (var check in tenants.Values.Where(static check => check.Entries > 0 && !check.HasProblems))
        {
            Step("the index by stream", () => CheckStreams(check), check);
            Step("the index by seq", () => CheckOrder(check), check);
        }
        // What nobody's rows are missing from was somebody's of whom nothing else tells.
        if (damagedTable is not null && tenants.Values.All(static check => !check.HasProblems) && (only is null || tenants.Count == 0))
            For(only ?? "?"u8)!.Damage(damagedTable);
        if (database.InTransaction)
            database.Execute("ROLLBACK");
    }

    /// <param name="tenant">Whom damage concerns; null for all.</param>
    private void Step(string part, Action check, TenantCheck? tenant = null)
    {
        try
        {
            check();
        }
        catch (LedgerFileException failure) when (IsTampering(failure))
        {
            var what = $"{part} is damaged: {failure.Message}";
            if (tenant is null)
                ReportDamage(what);
            else
                tenant.Damage(what);
        }
    }

    private void ReportDamage(string what)
    {
        if (tenants.Count == 0)
            _ = For(only ?? "?"u8);
        foreach (var tenant in tenants.Values)
            tenant.Damage(what);
    }

    private List<TenantVerification> Results() =>
    [
        .. tenants.Values.Select(check => check.HasProblems ? check.Result() : check.Result() with { DamageElsewhere = damagedTable })
            .OrderBy(static result => result.Tenant, StringComparer.Ordinal),
    ];

    private void FindTenants()
    {
        var found = only is null
            ? database.Prepare("SELECT tenant FROM heads")
            : database.Prepare("SELECT tenant FROM heads WHERE tenant = ?").BindText(1, only);
        while (found.Step())
            _ = For(found.Bytes(0));
    }

    /// <summary>A page that cannot be read ends the way through the table; then each tenant's entries are looked for one by one.</summary>
    private void CheckEntriesOrEach(CancellationToken cancellationToken)
    {
        try
        {
            CheckEntries(cancellationToken);
        }
        catch (LedgerFileException failure) when (IsTampering(failure))
        {
            damagedTable = $"the table of entries is damaged: {failure.Message}";
            foreach (var tenant in tenants.Keys.ToList())
            {
                tenants.Remove(tenant);
                var check = For(Encoding.UTF8.GetBytes(tenant))!;
                Step("the table of entries", () => CheckByIndex(check, cancellationToken), check);
            }
        }
    }

    private void CheckByIndex(TenantCheck check, CancellationToken cancellationToken)
    {
        var rows = database.Prepare(Columns + " INDEXED BY entries_by_seq WHERE tenant = ? ORDER BY seq").Bind(1, check.Tenant);
        var block = new RowBlock();
        while (rows.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(block, rows);
            check.Row(block[0], Mix(block[0].Stream, block[0].Version, block[0].Id));
            block.Clear();
        }
    }

    /// <summary>This thread reads and hashes, another one checks and builds the tree: each has about half of the work.</summary>
    private void CheckEntries(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var full = new BlockingCollection<RowBlock>(BlocksAhead);
        var empty = new ConcurrentBag<RowBlock>();
        var checking = Task.Factory.StartNew(
            () => CheckBlocks(full, empty, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            ReadBlocks(full, empty, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The checking thread has failed; its reason follows.
        }
        finally
        {
            full.CompleteAdding();
            checking.GetAwaiter().GetResult();
        }
    }

    private void ReadBlocks(BlockingCollection<RowBlock> full, ConcurrentBag<RowBlock> empty, CancellationToken cancellationToken)
    {
        var rows = database.Prepare(Columns + " NOT INDEXED ORDER BY id");
        var block = new RowBlock();
        try
        {
            while (rows.Step())
            {
                var tenant = rows.Bytes(1);
                if (only is not null && !tenant.SequenceEqual(only))
                    continue;
                Add(block, rows);
                if (!block.IsFull)
                    continue;
                full.Add(block, cancellationToken);
                block = empty.TryTake(out var used) ? used : new();
            }
        }
        finally
        {
            // Also what was read before the file turned out to be damaged.
            if (!cancellationToken.IsCancellationRequested)
                full.Add(block, cancellationToken);
        }
    }

    private static void Add(RowBlock block, SqliteStatement rows)
    {
        var hasSealed = rows.Number(7) == 0;
        block.Add(rows.Number(0), rows.Bytes(1), rows.Number(2), rows.Bytes(3), rows.Number(4), rows.Bytes(5), rows.Bytes(6), hasSealed,
            rows.Bytes(8));
    }

    private void CheckBlocks(BlockingCollection<RowBlock> full, ConcurrentBag<RowBlock> empty, CancellationTokenSource stop)
    {
        try
        {
            TenantCheck? check = null;
            foreach (var block in full.GetConsumingEnumerable())
            {
                for (var i = 0; i < block.Count; i++)
                {
                    var row = block[i];
                    if (check is null || !row.Tenant.SequenceEqual(check.TenantBytes))
                        check = For(row.Tenant);
                    check?.Row(row, Mix(row.Stream, row.Version, row.Id));
                }
                block.Clear();
                empty.Add(block);
            }
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    private void CheckHead(TenantCheck check)
    {
        var head = heads ??= database.Prepare("SELECT size, root, range FROM heads WHERE tenant = ?");
        var found = head.Bind(1, check.Tenant).Step();
        check.Head(found, found ? head.Number(0) : 0, found ? head.Bytes(1) : [], found ? head.Bytes(2) : []);
        head.Reset();
    }

    /// <summary>A cursor is saved after the entries that it covers, in the same file: it is never ahead of them.</summary>
    private void CheckCursors()
    {
        var cursors = database.Prepare("SELECT tenant, max(seq) FROM cursors GROUP BY tenant");
        while (cursors.Step())
            For(cursors.Bytes(0))?.Worked(cursors.Number(1));
    }

    private void ReportRow(TenantCheck check, long id, ReadOnlySpan<byte> stream, string what)
    {
        var row = database.Prepare("SELECT seq, body FROM entries NOT INDEXED WHERE id = ?").Bind(1, id);
        var found = row.Step();
        check.Report(found ? row.Number(0) : 0, found ? TenantCheck.TypeIn(row.Bytes(1)) : null, stream, what);
        row.Reset();
    }

    private TenantCheck? For(ReadOnlySpan<byte> tenant)
    {
        if (only is not null && !tenant.SequenceEqual(only))
            return null;
        var name = Encoding.UTF8.GetString(tenant);
        if (!tenants.TryGetValue(name, out var check))
            tenants[name] = check = new(name, TenantId.TryParse(name, out var id) ? sizes.GetValueOrDefault(id) : null);
        return check;
    }

    /// <summary>Keyed anew in every run, so that nobody can prepare two different tables with the same sum.</summary>
    private ulong Mix(ReadOnlySpan<byte> stream, long version, long id)
    {
        var hash = key;
        while (stream.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(stream));
            stream = stream[sizeof(ulong)..];
        }
        foreach (var rest in stream)
            hash = Mix(hash, rest);
        return Mix(Mix(hash, (ulong)version), (ulong)id);
    }

    private ulong Mix(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ value, key ^ 0x9E3779B97F4A7C15, out var low);
        return high ^ low ^ (hash << 1);
    }
}

using System.Runtime.CompilerServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>The stored bytes in a <c>ledger.db</c>: beside a running bot, in a copy, or on a medium that cannot be written.</summary>
/// <param name="path">The file. Opened anew for every call, so nothing is held in between.</param>
public sealed class SqliteArchive(string path) : ILedgerArchive
{
    private const int PageSize = 512;

    public ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken) =>
        new(Use<IReadOnlyList<TenantId>>(null, database =>
    {
        var tenants = new List<TenantId>();
        var rows = database.Prepare("SELECT tenant FROM heads ORDER BY tenant");
        while (rows.Step())
            tenants.Add(TenantId.Parse(rows.Text(0)));
        return tenants;
    }, cancellationToken));

    public ValueTask<long> SizeAsync(TenantId tenant, CancellationToken cancellationToken) => new(Use(tenant, database =>
    {
        var last = database.Prepare("SELECT max(seq) FROM entries WHERE tenant = ?").Bind(1, tenant.Value);
        return last.Step() ? last.Number(0) : 0;
    }, cancellationToken));

    public ValueTask<StoredHead?> HeadAsync(TenantId tenant, CancellationToken cancellationToken) => new(Use(tenant, database =>
    {
        // One statement sees one state, whoever appends.
        var row = database.Prepare("""
            SELECT (SELECT ifnull(max(seq), 0) FROM entries WHERE tenant = ?1), h.size IS NULL, h.size, h.root, h.range
            FROM (SELECT ?1 AS tenant) LEFT JOIN heads h USING(tenant)
            """).Bind(1, tenant.Value);
        row.Step();
        var (entries, isMissing) = (row.Number(0), row.Number(1) == 1);
        if (isMissing)
            return entries == 0 ? null : new StoredHead(entries, null, default, default);
        return new StoredHead(entries, row.Number(2), row.Bytes(3).ToArray(), row.Bytes(4).ToArray());
    }, cancellationToken));

    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        TenantId tenant, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = Math.Max(1, first); next <= last;)
        {
            var page = Use(tenant, database => Page(database, tenant, next, last), cancellationToken);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
            next = page[^1].Seq + 1;
            await Task.Yield();
        }
    }

    public async IAsyncEnumerable<StoredEntry> ReadStreamAsync(
        TenantId tenant, StreamId stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var all = Use(
            tenant,
            database => Rows(
                database.Prepare(
                    "SELECT seq, body, leaf, sealed IS NULL, sealed FROM entries WHERE tenant = ? AND stream = ? ORDER BY version")
                .Bind(1, tenant.Value).Bind(2, stream.Value)),
            cancellationToken);
        foreach (var entry in all)
            yield return entry;
    }

    public ValueTask<ReadOnlyMemory<byte>> LeavesAsync(TenantId tenant, long first, int count, CancellationToken cancellationToken) =>
        new(Use<ReadOnlyMemory<byte>>(tenant, database =>
        {
            using var leaves = new MemoryStream(Math.Min(count, 1 << 16) * MerkleTree.HashSize);
            var rows = database.Prepare("SELECT leaf FROM entries WHERE tenant = ? AND seq >= ? ORDER BY seq LIMIT ?")
                .Bind(1, tenant.Value).Bind(2, first).Bind(3, count);
            while (rows.Step())
                leaves.Write(rows.Bytes(0));
            return leaves.ToArray();
        }, cancellationToken));

    private static List<StoredEntry> Page(SqliteDatabase database, TenantId tenant, long first, long last) =>
        Rows(database
            .Prepare("SELECT seq, body, leaf, sealed IS NULL, sealed FROM entries WHERE tenant = ? AND seq BETWEEN ? AND ? ORDER BY seq "
                + "LIMIT ?")
            .Bind(1, tenant.Value).Bind(2, first).Bind(3, last).Bind(4, PageSize));

    private static List<StoredEntry> Rows(SqliteStatement rows)
    {
        var page = new List<StoredEntry>();
        while (rows.Step())
            page.Add(new(rows.Number(0), rows.Bytes(1).ToArray(), rows.Bytes(2).ToArray(),
                rows.Number(3) == 1 ? null : (ReadOnlyMemory<byte>?)rows.Bytes(4).ToArray()));
        return page;
    }

    /// <param name="tenant">Whose entries are read; null for everybody's.</param>
    private T Use<T>(TenantId? tenant, Func<SqliteDatabase, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var database = LedgerFile.OpenToRead(path) ?? throw new LedgerUnavailableException($"There is no ledger at {path}.");
            return database.Number("PRAGMA user_version") == 0
                ? throw new LedgerFileException(SQLitePCL.raw.SQLITE_NOTADB, "it is empty, or was never a ledger. Restore it from a backup")
                : read(database);
        }
        catch (LedgerFileException failure) when (tenant is { } only && failure.Code == SQLitePCL.raw.SQLITE_CORRUPT)
        {
            throw new LedgerDamagedException(only, null, $"{path} cannot be read where its entries are ({failure.Message})", failure);
        }
        catch (LedgerFileException failure)
        {
            throw new LedgerUnavailableException($"The ledger at {path} cannot be read: {failure.Message}", failure);
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The writer's connection with its prepared statements and what it knows of each tenant. After a failure it is thrown away
/// and a new one reads again what is durable. Used by the writer's thread only.
/// </summary>
internal sealed class WriterSession : IDisposable
{
    private readonly SqliteDatabase database;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement commit;
    private readonly SqliteStatement insert;
    private readonly SqliteStatement findVersion;
    private readonly SqliteStatement findHead;
    private readonly SqliteStatement findLast;
    private readonly SqliteStatement saveHead;
    private readonly SqliteStatement saveCursor;
    private readonly Dictionary<TenantId, TenantHead> tenants = [];
    private readonly HashSet<TenantHead> touched = [];
    private readonly StreamVersions versions = new();
    private readonly ByteBuffer row = new(4096);
    private readonly DurableHeads? durable;

    /// <param name="durable">Told where ledgers end as soon as that is on disk; null for nobody.</param>
    public WriterSession(string path, DurableHeads? durable = null)
    {
        this.durable = durable;
        database = LedgerFile.OpenToWrite(path);
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        insert = database.Prepare("INSERT INTO entries(tenant, seq, stream, version, leaf, body, sealed) VALUES(?, ?, ?, ?, ?, ?, ?)");
        findVersion = database.Prepare("SELECT max(version) FROM entries WHERE tenant = ? AND stream = ?");
        findHead = database.Prepare("SELECT size, range FROM heads WHERE tenant = ?");
        findLast = database.Prepare("SELECT seq, body FROM entries WHERE tenant = ? ORDER BY seq DESC LIMIT 1");
        saveHead = database.Prepare(
            "INSERT INTO heads(tenant, size, root, range) VALUES(?, ?, ?, ?) ON CONFLICT(tenant) DO UPDATE SET size = excluded.size, "
            + "root = excluded.root, range = excluded.range");
        saveCursor = database.Prepare("INSERT INTO cursors(follower, tenant, seq) VALUES(?, ?, ?) "
            + "ON CONFLICT(follower, tenant) DO UPDATE SET seq = excluded.seq");
    }

    internal SqliteDatabase Database => database;

    public void Begin() => begin.Run();

    /// <summary>Checks the expected versions and, when they hold, inserts. Nothing is durable before <see cref="Commit"/>.</summary>
    /// <exception cref="LedgerUnavailableException">The tenant's ledger is damaged; nothing was inserted.</exception>
    public AppendResult Append(PendingAppend append, DateTimeOffset now)
    {
        foreach (var (stream, expected) in append.Expected)
        {
            var actual = GetVersion(append.Tenant, stream);
            if (actual != expected)
                return new AppendResult.Conflict(stream, expected, actual);
        }
        var head = GetHead(append.Tenant);
        var entries = new LedgerEntry[append.Entries.Length];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Insert(append.Tenant, head, append.Entries[i], now);
        touched.Add(head);
        return new AppendResult.Appended(entries);
    }

    public void Save(SubscriptionCursor cursor) =>
        saveCursor.Bind(1, cursor.Subscription).Bind(2, cursor.Tenant.Value).Bind(3, cursor.Seq).Run();

    /// <summary>Writes the heads of the tenants appended to, and makes all of it durable.</summary>
    public void Commit()
    {
        foreach (var head in touched)
            saveHead.Bind(1, head.Tenant.Value).Bind(2, head.Range.Size).Bind(3, head.Range.Root()).Bind(4, head.Range.Save()).Run();
        commit.Run();
        KeepHeads();
        touched.Clear();
    }

    private void KeepHeads()
    {
        try
        {
            foreach (var head in touched)
                durable?.Keep(head.Tenant, head.Range.Size, head.Range.Root());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The entries are durable all the same; an older head says less, and nothing that is wrong.
        }
    }

    /// <summary>
    /// Moves the log into the file and empties it, so that the file alone is the whole ledger. Readers in the way leave some of it.
    /// </summary>
    public void EmptyLog() => database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    public void Dispose() => database.Dispose();

    private LedgerEntry Insert(TenantId tenant, TenantHead head, PreparedEntry entry, DateTimeOffset now)
    {
        var stream = entry.Source.Stream;
        var version = GetVersion(tenant, stream) + 1;
        var seq = head.Range.Size + 1;
        var at = now < head.LastAt ? head.LastAt : now;
        row.Clear();
        row.Append(MerkleTree.LeafPrefix);
        EntryCodec.Complete(entry, at, seq, version, row, now);
        var leaf = SHA256.HashData(row.Written);
        insert.BindText(1, head.TenantText).Bind(2, seq).Bind(3, stream.Value).Bind(4, version).Bind(5, leaf).Bind(6, row.Written[1..])
            .BindOrNull(7, entry.Encrypted).Run();
        head.Range.Append(leaf);
        head.LastAt = at;
        versions.Set(tenant, stream, version);
        return new(tenant, seq, at, entry.Type, stream, version, entry.Source.Actor, entry.Source.Correlation, entry.Source.Causation,
            entry.Fact, leaf) { ByClock = now };
    }

    private long GetVersion(TenantId tenant, StreamId stream)
    {
        if (versions.TryGet(tenant, stream, out var version))
            return version;
        findVersion.Bind(1, tenant.Value).Bind(2, stream.Value);
        version = findVersion.Step() ? findVersion.Number(0) : 0;
        findVersion.Reset();
        return version;
    }

    private TenantHead GetHead(TenantId tenant)
    {
        if (tenants.TryGetValue(tenant, out var known))
            return known;
        try
        {
            return tenants[tenant] = ReadHead(tenant);
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException or InvalidOperationException)
        {
            throw new LedgerDamagedException(tenant, null, $"its end cannot be read ({unreadable.Message})", unreadable);
        }
        finally
        {
            findHead.Reset();
            findLast.Reset();
        }
    }

    private TenantHead ReadHead(TenantId tenant)
    {
        var range = findHead.Bind(1, tenant.Value).Step() ? CompactRange.Load(findHead.Bytes(1)) : new();
        var (seq, lastAt) = (0L, DateTimeOffset.MinValue);
        if (findLast.Bind(1, tenant.Value).Step())
            (seq, lastAt) =
                (findLast.Number(0), DateTimeOffset.FromUnixTimeMilliseconds(EntryParts.Read(findLast.Bytes(1)).AtMilliseconds));
        return seq == range.Size
            ? new(tenant, range) { LastAt = lastAt }
            : throw new LedgerDamagedException(tenant, seq, $"the ledger ends there, but its head says {range.Size}");
    }

    private sealed class TenantHead(TenantId tenant, CompactRange range)
    {
        public TenantId Tenant => tenant;

        public byte[] TenantText { get; } = Encoding.UTF8.GetBytes(tenant.Value);

        public CompactRange Range => range;

        public DateTimeOffset LastAt { get; set; }
    }
}

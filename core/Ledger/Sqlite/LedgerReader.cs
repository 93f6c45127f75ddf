using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Reads what is durable. Connections are pooled; each is used by one caller at a time.</summary>
internal sealed class LedgerReader(string path) : IDisposable
{
    private readonly ConcurrentBag<Session> pool = [];
    private volatile bool closed;

    public long Head(TenantId tenant) => Use(tenant, session =>
    {
        session.Head.Bind(1, tenant.Value);
        var head = session.Head.Step() ? session.Head.Number(0) : 0;
        session.Head.Reset();
        return head;
    });

    public IReadOnlyList<StoredEntry> Page(TenantId tenant, long afterSeq, int limit) =>
        Use(tenant, session => Entries(session.Page.Bind(1, tenant.Value).Bind(2, afterSeq).Bind(3, limit)));

    public IReadOnlyList<StoredEntry> Stream(TenantId tenant, StreamId stream) =>
        Use(tenant, session => Entries(session.Stream.Bind(1, tenant.Value).Bind(2, stream.Value)));

    public long Cursor(string subscription, TenantId tenant) => Use(tenant, session =>
    {
        session.Cursor.Bind(1, subscription).Bind(2, tenant.Value);
        var seq = session.Cursor.Step() ? session.Cursor.Number(0) : 0;
        session.Cursor.Reset();
        return seq;
    });

    public void Dispose()
    {
        closed = true;
        while (pool.TryTake(out var session))
            session.Dispose();
    }

    private static List<StoredEntry> Entries(SqliteStatement rows)
    {
        var entries = new List<StoredEntry>();
        while (rows.Step())
        {
            entries.Add(new(rows.Number(0), rows.Bytes(2).ToArray(), rows.Bytes(1).ToArray(),
                rows.Number(3) == 1 ? null : (ReadOnlyMemory<byte>?)rows.Bytes(4).ToArray())
            {
                FiledAs = new(rows.Text(5), rows.Number(6)),
            });
        }
        return entries;
    }

    private T Use<T>(TenantId tenant, Func<Session, T> read)
    {
        Session? session = null;
        try
        {
            session = pool.TryTake(out var pooled) ? pooled : new Session(path);
            var result = read(session);
            pool.Add(session);
            if (closed)
                Dispose();
            return result;
        }
        catch (LedgerFileException failure)
        {
            session?.Dispose();
            throw failure.IsDamage
                ? new LedgerDamagedException(
                    tenant, null, $"{LedgerFile.Name} cannot be read where its entries are ({failure.Message})", failure)
                : new LedgerUnavailableException("The ledger cannot be read at the moment. " + failure.Message, failure);
        }
    }

    private sealed class Session : IDisposable
    {
        private readonly SqliteDatabase database;

        public Session(string path)
        {
            database = SqliteDatabase.OpenToRead(path);
            Head = database.Prepare("SELECT size FROM heads WHERE tenant = ?");
            Page = database.Prepare(
                "SELECT seq, leaf, body, sealed IS NULL, sealed, stream, version FROM entries WHERE tenant = ? AND seq > ? ORDER BY seq "
                + "LIMIT ?");
            Stream = database.Prepare(
                "SELECT seq, leaf, body, sealed IS NULL, sealed, stream, version FROM entries WHERE tenant = ? AND stream = ? ORDER BY "
                + "version");
            Cursor = database.Prepare("SELECT seq FROM cursors WHERE follower = ? AND tenant = ?");
        }

        public SqliteStatement Head { get; }

        public SqliteStatement Page { get; }

        public SqliteStatement Stream { get; }

        public SqliteStatement Cursor { get; }

        public void Dispose() => database.Dispose();
    }
}

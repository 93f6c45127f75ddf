using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The documents in <c>documents.db</c>, beside <c>ledger.db</c>. Few and small, so one connection serves all callers in turn.
/// </summary>
public sealed class SqliteDocuments : IDocuments, IDisposable
{
    public const string FileName = "documents.db";

    /// <summary>The first one has no number.</summary>
    internal const int Format = 0;

    private const int PageSize = 256;

    /// <summary>
    /// Several processes write here, as a bot and a command at its console do, each for a moment. On a slow disk flushing is a long one,
    /// and within this process everybody waits for it however long it takes.
    /// </summary>
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(20);

    /// <summary>What is deleted is overwritten with zeros: an erased key must not be found in the file.</summary>
    private const string Setup = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON;
        CREATE TABLE IF NOT EXISTS documents(
            scope TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            tag INTEGER NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY(scope, kind, id)) WITHOUT ROWID;
        """;

    // SQLite is handed an empty span as NULL, hence the ifnull.
    private readonly Lock gate = new();
    private readonly SqliteDatabase database;
    private readonly SqliteStatement find;
    private readonly SqliteStatement list;
    private readonly SqliteStatement insert;
    private readonly SqliteStatement update;
    private readonly SqliteStatement delete;
    private readonly SqliteStatement changes;

    /// <summary>Opens or creates the file in a folder.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be opened.</exception>
    public SqliteDocuments(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            DatabaseHeader.MustBeOurs(path);
            database = SqliteDatabase.OpenToWrite(path, BusyTimeout);
            if (database.Number("PRAGMA user_version") is not Format and var later)
                throw LedgerFileException.UnknownFormat(path, later, Format);
            database.Execute(Setup);
            find = database.Prepare("SELECT tag, value FROM documents WHERE scope = ? AND kind = ? AND id = ?");
            list = database.Prepare(
                "SELECT id, tag, value FROM documents WHERE scope = ? AND kind = ? AND id > ifnull(?, '') AND substr(id, 1, ?) = "
                + "ifnull(?, '') ORDER BY id LIMIT ?");
            insert = database.Prepare(
                "INSERT INTO documents(scope, kind, id, tag, value) VALUES(?, ?, ?, 1, ifnull(?, x'')) ON CONFLICT DO NOTHING");
            update = database.Prepare(
                "UPDATE documents SET tag = tag + 1, value = ifnull(?, x'') WHERE scope = ? AND kind = ? AND id = ? AND tag = ?");
            delete = database.Prepare("DELETE FROM documents WHERE scope = ? AND kind = ? AND id = ?");
            changes = database.Prepare("SELECT changes()");
        }
        catch (Exception failure) when (failure is LedgerFileException or IOException or UnauthorizedAccessException)
        {
            database?.Dispose();
            throw new LedgerUnavailableException($"The documents in {path} cannot be opened: {failure.Message}", failure);
        }
    }

    public ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        return new(Use(() =>
        {
            find.Bind(1, scope.Value).Bind(2, kind).Bind(3, id);
            var document = find.Step() ? new Document(id, Text(find.Number(0)), find.Bytes(1).ToArray()) : null;
            find.Reset();
            return document;
        }, cancellationToken));
    }

    public async IAsyncEnumerable<Document> ListAsync(
        DocumentScope scope, string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, prefix.Length == 0 ? "any" : prefix);
        for (var after = ""; ;)
        {
            var page = Use(() => Page(scope, kind, prefix, after), cancellationToken);
            foreach (var document in page)
                yield return document;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
            await Task.Yield();
        }
    }

    public ValueTask<bool> TryPutAsync(
        DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        return new(Use(() =>
        {
            if (expectedTag is null)
                insert.Bind(1, scope.Value).Bind(2, kind).Bind(3, id).Bind(4, value.Span).Run();
            else
                update.Bind(1, value.Span).Bind(2, scope.Value).Bind(3, kind).Bind(4, id)
                    .Bind(5, long.Parse(expectedTag, CultureInfo.InvariantCulture)).Run();
            changes.Step();
            var written = changes.Number(0) == 1;
            changes.Reset();
            return written;
        }, cancellationToken));
    }

    public ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        Use(() =>
        {
            delete.Bind(1, scope.Value).Bind(2, kind).Bind(3, id).Run();
            // The log still holds the page as it was; once it is written back and cut, nothing does.
            if (database.Number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
                throw new LedgerFileException(
                    SQLitePCL.raw.SQLITE_BUSY, "A reader holds the log, so what was deleted is still in it; try again.");
            return true;
        }, cancellationToken);
        return default;
    }

    public void Dispose()
    {
        lock (gate)
            database.Dispose();
    }

    private static string Text(long tag) => tag.ToString(CultureInfo.InvariantCulture);

    private List<Document> Page(DocumentScope scope, string kind, string prefix, string after)
    {
        list.Bind(1, scope.Value).Bind(2, kind).Bind(3, after).Bind(4, prefix.Length).Bind(5, prefix).Bind(6, PageSize);
        var page = new List<Document>();
        while (list.Step())
            page.Add(new(Encoding.UTF8.GetString(list.Bytes(0)), Text(list.Number(1)), list.Bytes(2).ToArray()));
        list.Reset();
        return page;
    }

    private T Use<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            try
            {
                return work();
            }
            catch (LedgerFileException failure)
            {
                foreach (var statement in (SqliteStatement[])[find, list, insert, update, delete, changes])
                    statement.Reset();
                throw new LedgerUnavailableException(
                    "The documents beside the ledger cannot be used at the moment. " + failure.Message, failure);
            }
        }
    }
}

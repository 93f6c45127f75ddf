using System.Globalization;
using System.Runtime.CompilerServices;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The documents in a <c>documents.db</c>, read only: beside a running bot, in a copy, or on a medium that cannot be written. Without a
/// file there are none. Opened anew for every call.
/// </summary>
public sealed class SqliteDocumentsReader(string folder) : IDocuments
{
    private readonly string path = Path.Combine(folder, SqliteDocuments.FileName);

    public ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        return new(Use(
            database =>
            {
                var row = database.Prepare("SELECT tag, value FROM documents WHERE scope = ? AND kind = ? AND id = ?").Bind(1, scope.Value)
                    .Bind(2, kind).Bind(3, id);
                return row.Step() ? new Document(id, Text(row.Number(0)), row.Bytes(1).ToArray()) : null;
            },
            null,
            cancellationToken));
    }

    public async IAsyncEnumerable<Document> ListAsync(
        DocumentScope scope, string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, prefix.Length == 0 ? "any" : prefix);
        await Task.Yield();
        var all = Use(
            database =>
            {
                var rows = database
                    .Prepare("SELECT id, tag, value FROM documents WHERE scope = ? AND kind = ? AND substr(id, 1, ?) = ifnull(?, '') "
                        + "ORDER BY id")
                    .Bind(1, scope.Value).Bind(2, kind).Bind(3, prefix.Length).Bind(4, prefix);
                var found = new List<Document>();
                while (rows.Step())
                    found.Add(new(rows.Text(0), Text(rows.Number(1)), rows.Bytes(2).ToArray()));
                return found;
            },
            [],
            cancellationToken);
        foreach (var document in all)
            yield return document;
    }

    public ValueTask<bool> TryPutAsync(
        DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag,
        CancellationToken cancellationToken) =>
        throw new LedgerUnavailableException($"{path} is open for reading only.");

    public ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken) =>
        throw new LedgerUnavailableException($"{path} is open for reading only.");

    private static string Text(long tag) => tag.ToString(CultureInfo.InvariantCulture);

    private T Use<T>(Func<SqliteDatabase, T> read, T without, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var database = LedgerFile.OpenToRead(path, SqliteDocuments.Format);
            return database is null ? without : read(database);
        }
        catch (LedgerFileException failure)
        {
            throw new LedgerUnavailableException($"The documents in {path} cannot be read: {failure.Message}", failure);
        }
    }
}

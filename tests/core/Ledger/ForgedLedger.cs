using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Ledger;

/// <summary>A row as somebody puts it into the table.</summary>
internal sealed record ForgedRow(string Stream, long Version, byte[] Body, byte[]? Sealed = null);

/// <summary>
/// What somebody can do who writes the folder and holds the key: leaves, positions, tree and head that fit, whatever the entries say.
/// </summary>
internal static class ForgedLedger
{
    /// <summary>Replaces a tenant's rows; nothing that the bot keeps contradicts it any more.</summary>
    public static void Rewrite(LedgerFolder folder, string tenant, Func<IReadOnlyList<ForgedRow>, IEnumerable<ForgedRow>> change)
    {
        using var database = SqliteDatabase.OpenToWrite(folder.File);
        var rows = new List<ForgedRow>();
        var select = database.Prepare("SELECT stream, version, body, sealed IS NULL, sealed FROM entries WHERE tenant = ? ORDER BY seq")
            .Bind(1, tenant);
        while (select.Step())
            rows.Add(new(select.Text(0), select.Number(1), select.Bytes(2).ToArray(),
                select.Number(3) == 1 ? null : select.Bytes(4).ToArray()));
        database.Execute("BEGIN");
        database.Prepare("DELETE FROM entries WHERE tenant = ?").Bind(1, tenant).Run();
        database.Prepare("DELETE FROM heads WHERE tenant = ?").Bind(1, tenant).Run();
        Insert(database, tenant, [.. change(rows)]);
        database.Execute("COMMIT");
        File.Delete(Path.Combine(folder.Path, DurableHeads.Name));
    }

    private static void Insert(SqliteDatabase database, string tenant, IReadOnlyList<ForgedRow> rows)
    {
        if (rows.Count == 0)
            return;
        var range = new CompactRange();
        foreach (var (index, row) in rows.Index())
        {
            var leaf = MerkleTree.HashLeaf(row.Body);
            range.Append(leaf);
            var insert =
                database.Prepare("INSERT INTO entries(tenant, seq, stream, version, leaf, body, sealed) VALUES(?, ?, ?, ?, ?, ?, ?)")
                .Bind(1, tenant).Bind(2, index + 1).Bind(3, row.Stream).Bind(4, row.Version).Bind(5, leaf).Bind(6, row.Body)
                    .BindOrNull(7, row.Sealed);
            insert.Run();
            insert.Dispose();
        }
        database.Prepare("INSERT INTO heads(tenant, size, root, range) VALUES(?, ?, ?, ?)")
            .Bind(1, tenant).Bind(2, rows.Count).Bind(3, range.Root()).Bind(4, range.Save()).Run();
    }
}

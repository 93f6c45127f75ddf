using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary>
/// The yardstick: the same rows into the same table, in transactions of 64, with the same durability, by a loop that does nothing else.
/// </summary>
internal static class RawSqlite
{
    public const int TransactionSize = 64;

    internal sealed record Row(string Tenant, long Seq, string Stream, long Version, byte[] Leaf, byte[] Body, byte[]? Sealed);

    public static List<Row> Read(string path)
    {
        using var database = LedgerFile.OpenToRead(path)!;
        var select = database.Prepare("SELECT tenant, seq, stream, version, leaf, body, sealed IS NULL, sealed FROM entries ORDER BY id");
        var rows = new List<Row>();
        while (select.Step())
            rows.Add(new(select.Text(0), select.Number(1), select.Text(2), select.Number(3), select.Bytes(4).ToArray(),
                select.Bytes(5).ToArray(), select.Number(6) == 1 ? null : select.Bytes(7).ToArray()));
        return rows;
    }

    public static void Insert(string path, List<Row> rows)
    {
        using var database = LedgerFile.OpenToWrite(path);
        var begin = database.Prepare("BEGIN IMMEDIATE");
        var commit = database.Prepare("COMMIT");
        var insert = database.Prepare("INSERT INTO entries(tenant, seq, stream, version, leaf, body, sealed) VALUES(?, ?, ?, ?, ?, ?, ?)");
        foreach (var transaction in rows.Chunk(TransactionSize))
        {
            begin.Run();
            foreach (var row in transaction)
                insert.Bind(1, row.Tenant).Bind(2, row.Seq).Bind(3, row.Stream).Bind(4, row.Version).Bind(5, row.Leaf).Bind(6, row.Body)
                    .BindOrNull(7, row.Sealed).Run();
            commit.Run();
        }
    }
}

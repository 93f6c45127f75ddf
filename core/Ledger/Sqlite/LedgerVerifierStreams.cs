
namespace DevOpsAI.Ledger.Sqlite;

/// <content>The versions of streams.</content>
public sealed partial class LedgerVerifier
{
    /// <summary>
    /// The versions of each stream run 1, 2, 3 ... in the order of the entries, and the index holds what the table holds.
    /// </summary>
    private void CheckStreams(TenantCheck check)
    {
        var rows = database.Prepare(
            "SELECT stream, version, id FROM entries INDEXED BY entries_by_stream WHERE tenant = ? ORDER BY stream, version")
            .Bind(1, check.Tenant);
        var stream = new ByteBuffer(256);
        var (lastVersion, lastId, fingerprint) = (0L, 0L, 0UL);
        while (rows.Step())
        {
            var (version, id) = (rows.Number(1), rows.Number(2));
            var text = rows.Bytes(0);
            if (!text.SequenceEqual(stream.Written))
            {
                stream.Clear();
                stream.Append(text);
                (lastVersion, lastId) = (0, 0);
            }
            if (version != lastVersion + 1 || id <= lastId)
                ReportRow(check, id, text, $"version {version} of its stream follows version {lastVersion}");
            (lastVersion, lastId) = (version, id);
            fingerprint += Mix(text, version, id);
        }
        if (fingerprint != check.Fingerprint)
            check.Report(0, null, null, "the index by stream does not hold what the entries say");
    }

    private void CheckOrder(TenantCheck check)
    {
        var rows = database.Prepare("SELECT seq, id FROM entries INDEXED BY entries_by_seq WHERE tenant = ? ORDER BY seq")
            .Bind(1, check.Tenant);
        var (expected, lastId) = (0L, 0L);
        while (rows.Step())
        {
            expected++;
            if (rows.Number(0) != expected || rows.Number(1) <= lastId)
            {
                check.Report(expected, null, null, "the index by seq does not lead to it");
                rows.Reset();
                return;
            }
            lastId = rows.Number(1);
        }
        if (expected != check.Entries)
            check.Report(expected + 1, null, null, "the index by seq ends before it");
    }
}

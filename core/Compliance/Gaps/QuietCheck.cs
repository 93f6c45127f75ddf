using DevOpsAI.Ledger;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>Missing numbers, and hours without any entry. A ledger that never had a heartbeat promises none.</summary>
internal sealed class QuietCheck(GapRules rules) : IGapCheck
{
    private const string Heartbeat = "ledger.heartbeat";

    private bool promised;
    private long seq;
    private DateTimeOffset last;

    public void Add(LedgerEntry entry, List<Gap> found)
    {
        if (entry.Seq != seq + 1)
            found.Add(new(GapKind.Missing, "ledger", seq, last == default ? entry.At : last, entry.At,
                $"Entry {seq + 1} is followed by nothing up to {entry.Seq - 1}: they are missing."));
        if (promised && entry.At - last > rules.Quiet)
            found.Add(Quiet(entry.At));
        (seq, last, promised) = (entry.Seq, entry.At, promised || entry.Type == Heartbeat);
    }

    public void End(DateTimeOffset asOf, List<Gap> found)
    {
        if (promised && asOf - last > rules.Quiet)
            found.Add(Quiet(null));
    }

    private Gap Quiet(DateTimeOffset? to) => new(
        GapKind.Quiet, "ledger", seq, last, to,
        to is null ? "No entry since, not even a heartbeat." : "No entry in between, not even a heartbeat.");
}

using DevOpsAI.Ledger;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>
/// Finds what is missing in one tenant's ledger from its entries alone: a pure function of the entries and the time they are judged at.
/// It believes the entries; that nobody changed them is what <c>ledger verify</c> tells.
/// </summary>
public sealed class GapFinder
{
    private readonly IReadOnlyList<IGapCheck> checks;
    private readonly List<Gap> found = [];

    public GapFinder(GapRules? rules = null)
    {
        rules ??= new();
        checks = [new QuietCheck(rules), new RunCheck(rules), new SendCheck(rules), new ConnectionCheck(), new PollCheck(rules)];
    }

    /// <summary>The gaps in some entries, oldest first.</summary>
    public static IReadOnlyList<Gap> For(IEnumerable<LedgerEntry> entries, DateTimeOffset asOf, GapRules? rules = null)
    {
        var finder = new GapFinder(rules);
        foreach (var entry in entries)
            finder.Add(entry);
        return finder.End(asOf);
    }

    /// <summary>Takes the next entry, in order from the first. Memory grows with what is open, not with the number of entries.</summary>
    public void Add(LedgerEntry entry)
    {
        foreach (var check in checks)
            check.Add(entry, found);
    }

    /// <summary>All gaps as of a time after the last entry, oldest first; call it once.</summary>
    public IReadOnlyList<Gap> End(DateTimeOffset asOf)
    {
        foreach (var check in checks)
            check.End(asOf, found);
        return [.. found.OrderBy(gap => gap.From).ThenBy(gap => gap.Seq).ThenBy(gap => gap.Kind)];
    }
}

/// <summary>Looks for one sort of gap.</summary>
internal interface IGapCheck
{
    void Add(LedgerEntry entry, List<Gap> found);

    /// <summary>No more entries: what is still open by then is a gap.</summary>
    void End(DateTimeOffset asOf, List<Gap> found);
}

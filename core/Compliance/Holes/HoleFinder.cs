using DevOpsAI.Ledger;

namespace DevOpsAI.Compliance.Holes;

/// <summary>
/// Finds what is missing in one tenant's ledger from its entries alone: a pure function of the entries and the time they are judged at.
/// It believes the entries; that nobody changed them is what <c>ledger verify</c> tells.
/// </summary>
public sealed class HoleFinder
{
    private readonly IReadOnlyList<IHoleCheck> checks;
    private readonly List<Hole> found = [];

    public HoleFinder(HoleRules? rules = null)
    {
        rules ??= new();
        checks = [new QuietCheck(rules), new RunCheck(rules), new SendCheck(rules), new ConnectionCheck(), new PollCheck(rules)];
    }

    /// <summary>The holes in some entries, oldest first.</summary>
    public static IReadOnlyList<Hole> Of(IEnumerable<LedgerEntry> entries, DateTimeOffset asOf, HoleRules? rules = null)
    {
        var finder = new HoleFinder(rules);
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

    /// <summary>All holes as of a time after the last entry, oldest first; call it once.</summary>
    public IReadOnlyList<Hole> End(DateTimeOffset asOf)
    {
        foreach (var check in checks)
            check.End(asOf, found);
        return [.. found.OrderBy(hole => hole.From).ThenBy(hole => hole.Seq).ThenBy(hole => hole.Kind)];
    }
}

/// <summary>Looks for one sort of hole.</summary>
internal interface IHoleCheck
{
    void Add(LedgerEntry entry, List<Hole> found);

    /// <summary>No more entries: what is still open by then is a hole.</summary>
    void End(DateTimeOffset asOf, List<Hole> found);
}

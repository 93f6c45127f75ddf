using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>By which clock a decision was taken.</summary>
internal static class DecisionClock
{
    /// <summary>
    /// The entries with the time that was decided by. Entries are never earlier than the one before, so after a clock was ahead their own
    /// time says nothing about an expiry that was counted by a clock that is right.
    /// </summary>
    public static Outcome WithClock(this Outcome outcome, DateTimeOffset now) => outcome is Outcome.Append append
        ? append with { Entries = [.. append.Entries.Select(entry => entry with { Fact = entry.Fact.WithClock(now) })] }
        : outcome;

    public static Fact WithClock(this Fact fact, DateTimeOffset now) => fact switch
    {
        ProposalStaged staged => staged with { ByClock = WholeMilliseconds(now) },
        ProposalDecided decided => decided with { ByClock = WholeMilliseconds(now) },
        _ => fact,
    };

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

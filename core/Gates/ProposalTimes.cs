using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>
/// When a staged proposal expires and escalates. A snooze stops the clock: coming back, the proposal has its whole time again. It does not stop
/// the world: what is worth nothing after a time expires then, and is drafted anew from what is left.
/// </summary>
public static class ProposalTimes
{
    public static DateTimeOffset? ExpiresAt(Incident incident) => incident.Proposal.ExpiresAt;

    public static DateTimeOffset? EscalateAt(Incident incident) => incident.Proposal.EscalateAt;

    /// <summary>
    /// The entries with the time that was decided by. Entries are never earlier than the one before, so after a clock was ahead their own
    /// time says nothing about an expiry that was counted by a clock that is right.
    /// </summary>
    internal static Outcome WithClock(this Outcome outcome, DateTimeOffset now) => outcome is Outcome.Append append
        ? append with { Entries = [.. append.Entries.Select(entry => entry with { Fact = entry.Fact.WithClock(now) })] }
        : outcome;

    internal static Fact WithClock(this Fact fact, DateTimeOffset now) => fact switch
    {
        ProposalStaged staged => staged with { ByClock = WholeMilliseconds(now) },
        ProposalDecided decided => decided with { ByClock = WholeMilliseconds(now) },
        _ => fact,
    };

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

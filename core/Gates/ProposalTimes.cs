using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Gates;

/// <summary>
/// When a staged proposal expires and escalates. A snooze stops the clock: coming back, the proposal has its whole time again. It does not stop
/// the world: what is worth nothing after a time expires then, and is drafted anew from what is left.
/// </summary>
public static class ProposalTimes
{
    public static DateTimeOffset? ExpiresAt(Incident incident)
    {
        var expires = Moved(incident, incident.Staged?.Terms.ExpiresAt);
        return incident.Staged is { Kind: ProposalKind.Remedy } && incident.Draft?.NotAfter is { } end && expires > end && incident.Staged.Terms.ExpiresAt <= end ? end : expires;
    }

    public static DateTimeOffset? EscalateAt(Incident incident) => Moved(incident, incident.Staged?.Terms.EscalateAt);

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

    private static DateTimeOffset? Moved(Incident incident, DateTimeOffset? time)
    {
        if (time is not { } at)
            return null;
        foreach (var decision in incident.Decisions)
        {
            if (decision.Fact is { Kind: DecisionKind.Snooze, Until: { } until } && until + (time.Value - incident.StagedAt) is var moved && moved > at)
                at = moved;
        }
        return at;
    }
}

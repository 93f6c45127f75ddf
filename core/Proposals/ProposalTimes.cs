namespace DevOpsAI.Proposals;

/// <content>
/// When the staged revision expires and escalates. A snooze stops the clock: coming back, the proposal has its whole time again. It does
/// not stop the world: what is worth nothing after a time expires then, and is drafted anew from what is left.
/// </content>
public sealed partial record Proposal
{
    /// <summary>Null while nothing is staged.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get
        {
            var expires = Moved(Staged?.Terms.ExpiresAt);
            if (Staged is not { Kind: ProposalKind.Remedy, Terms.ExpiresAt: var asked } || Draft?.NotAfter is not { } end)
                return expires;
            return expires > end && asked <= end ? end : expires;
        }
    }

    /// <summary>Null where nobody else is told.</summary>
    public DateTimeOffset? EscalateAt => Moved(Staged?.Terms.EscalateAt);

    private DateTimeOffset? Moved(DateTimeOffset? time)
    {
        if (time is not { } at)
            return null;
        foreach (var decision in Decisions)
        {
            if (decision.Fact is not { Kind: DecisionKind.Snooze, Until: { } until })
                continue;
            var moved = until + (time.Value - StagedAt);
            if (moved > at)
                at = moved;
        }
        return at;
    }
}

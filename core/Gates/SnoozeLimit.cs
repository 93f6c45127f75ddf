using DevOpsAI.Connections;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>The time past which a proposal is snoozed only by somebody who has said that they mean it. Pure.</summary>
/// <param name="Reason">What the world leaves no more time than that for, as in <c>Battery left: 18 minutes</c>; null where it is the
/// deadline of something critical.</param>
public sealed record SnoozeLimit(DateTimeOffset At, string? Reason)
{
    /// <summary>Null where a snooze needs no second thought.</summary>
    public static SnoozeLimit? From(Proposal proposal)
    {
        if (proposal.Staged is { Kind: ProposalKind.Remedy } && proposal.Draft is { NotAfter: { } end, NotAfterReason: var reason })
            return new(end, reason ?? "too late by then");
        return proposal.Severity == Severity.Critical && proposal.ExpiresAt is { } deadline ? new(deadline, null) : null;
    }

    /// <summary>Why this is asked first, for the person who wants to snooze it past that.</summary>
    internal string Describe(Proposal proposal) => Reason is null
        ? $"{proposal.Subject} is critical and to be decided by {GateMessages.Utc(At)}; snoozed past that, nobody is asked or escalated to "
            + $"meanwhile."
        : $"What is proposed for {proposal.Subject} is worth nothing after {GateMessages.Utc(At)} ({GateMessages.Said(Reason)}).";
}

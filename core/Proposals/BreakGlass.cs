using System.Collections.Immutable;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>Who may act at once and alone, and what is owed for it: part of the policy, and part of the terms of a proposal.</summary>
/// <param name="Role">The role it takes at least: approver or administrator.</param>
/// <param name="Confirmations">How many others must say afterwards that it was right.</param>
/// <param name="Within">In what time; then it escalates.</param>
public sealed record BreakGlass(Role Role, int Confirmations, TimeSpan Within);

/// <summary>What is owed after the glass was broken.</summary>
public sealed record OwedConfirmations(int Count, DateTimeOffset DueAt);

/// <summary>What somebody who was not there said about it afterwards.</summary>
public sealed record GlassReview(Actor By, DateTimeOffset At, bool Confirms, string? Reason);

/// <summary>
/// Somebody acted alone, and others owe a word about it: open until enough have confirmed, whatever was escalated on the way.
/// </summary>
/// <param name="ApproverRole">Who may confirm: whoever could have approved.</param>
public sealed record BrokenGlass(int Revision, Actor By, DateTimeOffset At, string? Reason, OwedConfirmations Owed, Role ApproverRole,
    Role EscalateTo)
{
    public ImmutableArray<GlassReview> Reviews { get; init; } = [];

    /// <summary>Why it was escalated; null when it was not.</summary>
    public string? Escalation { get; init; }

    /// <summary>Enough others have confirmed.</summary>
    public bool IsConfirmed { get; init; }

    public int Missing => Math.Max(0, Owed.Count - Reviews.Count(static review => review.Confirms));
}

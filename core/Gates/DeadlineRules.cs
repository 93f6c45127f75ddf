using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What falls due at staged proposals. Pure.</summary>
internal static class DeadlineRules
{
    /// <summary>More escalations than this at once are told as one, in a list.</summary>
    private const int MaxTold = 3;

    /// <summary>
    /// What would be escalated within so long is escalated with what is due, so that people are told once of what began together.
    /// </summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(30);
    private static readonly Actor Self = Actor.Service("deadlines");

    /// <summary>One thing that is due now: the append is the right to do it, so of several instances one does.</summary>
    public sealed record DueNow(ProposalSubject Subject, string What, IReadOnlyList<StreamVersion> Expected,
        IReadOnlyList<NewEntry> Entries);

    /// <param name="isAnybodyThere">Whether somebody who holds a role, or a delegate, is not absent.</param>
    public static IReadOnlyList<DueNow> Due(TenantState state, DateTimeOffset now, Func<Role, bool> isAnybodyThere)
    {
        var due = DueAt(state, now, now, isAnybodyThere).ToList();
        if (!due.Exists(IsEscalation))
            return due;
        var soon = DueAt(state, now, now + Together, isAnybodyThere).ToList();
        return soon.Count(IsEscalation) > MaxTold
            ? [.. soon.Where(static one => !IsEscalation(one)), AtOnce([.. soon.Where(IsEscalation)])]
            : due;
    }

    private static bool IsEscalation(DueNow due) => due.Entries is [{ Fact: ProposalEscalated }];

    /// <summary>One append, so that whoever tells of it sees all of them.</summary>
    private static DueNow AtOnce(List<DueNow> escalations) => new(
        escalations[0].Subject,
        $"escalation with {escalations.Count - 1} others",
        [.. escalations.SelectMany(static one => one.Expected)],
        [.. escalations.Select((one, position) =>
            one.Entries[0] with { Fact = (ProposalEscalated)one.Entries[0].Fact with { Among = new(position, escalations.Count) } })]);

    private static IEnumerable<DueNow> DueAt(
        TenantState state, DateTimeOffset now, DateTimeOffset escalating, Func<Role, bool> isAnybodyThere)
    {
        foreach (var proposal in state.AllProposals)
        {
            if (proposal.IsUndecided && Due(state, proposal, now, escalating, isAnybodyThere) is { } due)
                yield return due;
            if (BreakGlassRules.Overdue(proposal, now, isAnybodyThere) is { } overdue)
                yield return Make(proposal, "what is owed for breaking the glass", overdue);
        }
    }

    /// <summary>When to look again at the latest; null when nothing waits.</summary>
    public static DateTimeOffset? Next(TenantState state)
    {
        DateTimeOffset? next = null;
        foreach (var proposal in state.AllProposals)
        {
            if (proposal.IsUndecided && GetNext(proposal) is var time && !(time >= next))
                next = time;
            if (BreakGlassRules.DueAt(proposal) is { } owed && !(owed >= next))
                next = owed;
        }
        return next;
    }

    private static DueNow? Due(TenantState state, Proposal proposal, DateTimeOffset now, DateTimeOffset escalating,
        Func<Role, bool> isAnybodyThere)
    {
        var staged = proposal.Staged!;
        if (proposal.Phase != ProposalPhase.Snoozed && IsAskedAnew(proposal, state.LastStop))
            return Make(proposal, "asking anew after the kill switch", new RedraftRequested(proposal.Subject, staged.Revision));
        if (proposal.Phase == ProposalPhase.Snoozed)
            return proposal.SnoozedUntil <= now
                ? Make(proposal, "the end of a snooze", new ProposalReturned(proposal.Subject, staged.Revision))
                : null;
        if (proposal.ExpiresAt <= now)
            return Make(proposal, "expiry", new ProposalExpired(proposal.Subject, staged.Revision));
        return UndecidedRules.NextToTell(proposal) is { } role ? Escalate(state, proposal, role, escalating, isAnybodyThere) : null;
    }

    /// <summary>
    /// Under the kill switch nobody could decide. What has less time left when it is lifted than the switch took from it is drafted anew
    /// from fresh readings, with its whole time, and is no silence.
    /// </summary>
    private static bool IsAskedAnew(Proposal proposal, Stop? stop)
    {
        if (stop is null || proposal.StagedSeq > stop.Seq || !proposal.Subject.IsIncident
            || proposal.Staged is not { Kind: ProposalKind.Remedy })
            return false;
        var expires = proposal.ExpiresAt!.Value;
        var next = !proposal.Escalated && proposal.EscalateAt is { } escalates && escalates < expires ? escalates : expires;
        var began = proposal.StagedAt > stop.Since ? proposal.StagedAt : stop.Since;
        return next - stop.Until < stop.Until - began;
    }

    /// <summary>There is no use in waiting for people who are all absent, nor in telling people who are.</summary>
    private static DueNow? Escalate(TenantState state, Proposal proposal, Role role, DateTimeOffset now, Func<Role, bool> isAnybodyThere)
    {
        if (TellSilenceAt(proposal) > now)
            return null;
        var staged = proposal.Staged!;
        var early = proposal.EscalateAt is not { } at || at > now;
        if (early && proposal.Unanswered is null && (staged.Terms.Level == GateLevel.L3 || isAnybodyThere(staged.Terms.ApproverRole)))
            return null;
        var instead = !isAnybodyThere(role) && isAnybodyThere(Role.Administrator) ? Role.Administrator : role;
        string[] reasons =
        [
            .. proposal.Unanswered is { } unanswered ? [Describe(state, proposal, unanswered)] : Array.Empty<string>(),
            .. early && proposal.Unanswered is null
                ? [$"All {GateMessages.Plural(staged.Terms.ApproverRole)} are absent and nobody stands in for them."]
                : Array.Empty<string>(),
            .. instead != role ? [$"All {GateMessages.Plural(role)} are absent."] : Array.Empty<string>(),
        ];
        return Make(proposal, "escalation",
            new ProposalEscalated(proposal.Subject, staged.Revision, instead)
                { Reason = reasons.Length == 0 ? null : string.Join(' ', reasons) });
    }

    /// <summary>What expires within so long after it asks again by then, and is told with it. Null where nothing has expired.</summary>
    private static DateTimeOffset? TellSilenceAt(Proposal proposal) => proposal.Unanswered is null ? null : proposal.StagedAt + Together;

    private static string Describe(TenantState state, Proposal proposal, Unanswered unanswered) =>
        $"Nobody decided until {GateMessages.Utc(unanswered.At)}, and "
        + $"{(state.FindIncident(proposal.Subject) is { FiringAlerts.IsEmpty: false } ? "it still fires" : "it is still open")}.";

    private static DateTimeOffset GetNext(Proposal proposal)
    {
        var expires = proposal.ExpiresAt!.Value;
        if (proposal.Phase == ProposalPhase.Snoozed)
            return proposal.SnoozedUntil ?? expires;
        var tell = UndecidedRules.NextToTell(proposal) is null ? null : TellSilenceAt(proposal) ?? proposal.EscalateAt;
        return tell < expires ? tell.Value : expires;
    }

    private static DueNow Make(Proposal proposal, string what, Fact fact) => new(
        proposal.Subject,
        what,
        [new(proposal.Stream, proposal.Version)],
        [new(proposal.Stream, Self, proposal.Correlation, fact, proposal.StagedSeq)]);
}

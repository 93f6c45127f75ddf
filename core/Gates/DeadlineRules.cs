using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What falls due at staged proposals. Pure.</summary>
internal static class DeadlineRules
{
    /// <summary>More escalations than this at once are told as one, in a list.</summary>
    private const int MostTold = 3;

    /// <summary>What would be escalated within so long is escalated with what is due, so that people are told once of what began together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(30);
    private static readonly Actor Self = Actor.Service("deadlines");

    /// <summary>One thing that is due now: the append is the right to do it, so of several instances one does.</summary>
    public sealed record DueNow(string IncidentId, string What, IReadOnlyList<StreamVersion> Expected, IReadOnlyList<NewEntry> Entries);

    /// <param name="isAnybodyThere">Whether somebody who holds a role, or a delegate, is not absent.</param>
    public static IReadOnlyList<DueNow> Due(TenantState state, DateTimeOffset now, Func<Role, bool> isAnybodyThere)
    {
        var due = DueAt(state, now, now, isAnybodyThere).ToList();
        if (!due.Exists(IsEscalation))
            return due;
        var soon = DueAt(state, now, now + Together, isAnybodyThere).ToList();
        return soon.Count(IsEscalation) > MostTold ? [.. soon.Where(static one => !IsEscalation(one)), AtOnce([.. soon.Where(IsEscalation)])] : due;
    }

    private static bool IsEscalation(DueNow due) => due.Entries is [{ Fact: ProposalEscalated }];

    /// <summary>One append, so that whoever tells of it sees all of them.</summary>
    private static DueNow AtOnce(List<DueNow> escalations) => new(
        escalations[0].IncidentId,
        $"escalation with {escalations.Count - 1} others",
        [.. escalations.SelectMany(static one => one.Expected)],
        [.. escalations.Select((one, position) => one.Entries[0] with { Fact = (ProposalEscalated)one.Entries[0].Fact with { Among = new(position, escalations.Count) } })]);

    private static IEnumerable<DueNow> DueAt(TenantState state, DateTimeOffset now, DateTimeOffset escalating, Func<Role, bool> isAnybodyThere)
    {
        foreach (var (_, incident) in state.Incidents)
        {
            if (incident.IsUndecided && Due(state, incident, now, escalating, isAnybodyThere) is { } due)
                yield return due;
            if (BreakGlasses.Overdue(incident, now, isAnybodyThere) is { } overdue)
                yield return Make(incident, "what is owed for breaking the glass", overdue);
        }
    }

    /// <summary>When to look again at the latest; null when nothing waits.</summary>
    public static DateTimeOffset? Next(TenantState state)
    {
        DateTimeOffset? next = null;
        foreach (var (_, incident) in state.Incidents)
        {
            if (incident.IsUndecided && NextOf(incident) is var time && !(time >= next))
                next = time;
            if (BreakGlasses.DueAt(incident) is { } owed && !(owed >= next))
                next = owed;
        }
        return next;
    }

    private static DueNow? Due(TenantState state, Incident incident, DateTimeOffset now, DateTimeOffset escalating, Func<Role, bool> isAnybodyThere)
    {
        var staged = incident.Staged!;
        if (incident.Phase != ProposalPhase.Snoozed && IsAskedAnew(incident, state.LastStop))
            return Make(incident, "asking anew after the kill switch", new RedraftRequested(incident.Id, staged.Revision));
        if (incident.Phase == ProposalPhase.Snoozed)
            return incident.SnoozedUntil <= now ? Make(incident, "the end of a snooze", new ProposalReturned(incident.Id, staged.Revision)) : null;
        if (ProposalTimes.ExpiresAt(incident) <= now)
            return Make(incident, "expiry", new ProposalExpired(incident.Id, staged.Revision));
        return Silence.NextToTell(incident) is { } role ? Escalate(incident, staged, role, escalating, isAnybodyThere) : null;
    }

    /// <summary>
    /// Under the kill switch nobody could decide. What has less time left when it is lifted than the switch took from it is drafted anew from
    /// fresh readings, with its whole time, and is no silence.
    /// </summary>
    private static bool IsAskedAnew(Incident incident, Stop? stop)
    {
        if (stop is null || incident.StagedSeq > stop.Seq || incident.Staged is not { Kind: ProposalKind.Remedy })
            return false;
        var expires = ProposalTimes.ExpiresAt(incident)!.Value;
        var next = !incident.Escalated && ProposalTimes.EscalateAt(incident) is { } escalates && escalates < expires ? escalates : expires;
        var began = incident.StagedAt > stop.Since ? incident.StagedAt : stop.Since;
        return next - stop.Until < stop.Until - began;
    }

    /// <summary>There is no use in waiting for people who are all absent, nor in telling people who are.</summary>
    private static DueNow? Escalate(Incident incident, ProposalStaged staged, Role role, DateTimeOffset now, Func<Role, bool> isAnybodyThere)
    {
        if (TellSilenceAt(incident) > now)
            return null;
        var early = ProposalTimes.EscalateAt(incident) is not { } at || at > now;
        if (early && incident.Unanswered is null && (staged.Terms.Level == GateLevel.L3 || isAnybodyThere(staged.Terms.ApproverRole)))
            return null;
        var instead = !isAnybodyThere(role) && isAnybodyThere(Role.Administrator) ? Role.Administrator : role;
        string[] reasons =
        [
            .. incident.Unanswered is { } unanswered ? [Sentence(incident, unanswered)] : Array.Empty<string>(),
            .. early && incident.Unanswered is null ? [$"All {Sentences.Plural(staged.Terms.ApproverRole)} are absent and nobody stands in for them."] : Array.Empty<string>(),
            .. instead != role ? [$"All {Sentences.Plural(role)} are absent."] : Array.Empty<string>(),
        ];
        return Make(incident, "escalation", new ProposalEscalated(incident.Id, staged.Revision, instead) { Reason = reasons.Length == 0 ? null : string.Join(' ', reasons) });
    }

    /// <summary>What expires within so long after it asks again by then, and is told with it. Null where nothing has expired.</summary>
    private static DateTimeOffset? TellSilenceAt(Incident incident) => incident.Unanswered is null ? null : incident.StagedAt + Together;

    private static string Sentence(Incident incident, Unanswered unanswered) =>
        $"Nobody decided until {Sentences.Utc(unanswered.At)}, and {(incident.FiringAlerts.IsEmpty ? "it is still open" : "it still fires")}.";

    private static DateTimeOffset NextOf(Incident incident)
    {
        var expires = ProposalTimes.ExpiresAt(incident)!.Value;
        if (incident.Phase == ProposalPhase.Snoozed)
            return incident.SnoozedUntil ?? expires;
        var tell = Silence.NextToTell(incident) is null ? null : TellSilenceAt(incident) ?? ProposalTimes.EscalateAt(incident);
        return tell < expires ? tell.Value : expires;
    }

    private static DueNow Make(Incident incident, string what, Fact fact) => new(
        incident.Id,
        what,
        [new(StreamId.Proposal(incident.Id), incident.ProposalVersion)],
        [new(StreamId.Proposal(incident.Id), Self, incident.Correlation, fact, incident.StagedSeq)]);
}

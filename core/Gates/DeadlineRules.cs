using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What falls due at staged proposals. Pure.</summary>
internal static class DeadlineRules
{
    private static readonly Actor Self = Actor.Service("deadlines");

    /// <summary>One thing that is due now: the append is the right to do it, so of several instances one does.</summary>
    public sealed record DueNow(string IncidentId, string What, IReadOnlyList<StreamVersion> Expected, IReadOnlyList<NewEntry> Entries);

    public static IEnumerable<DueNow> Due(TenantState state, DateTimeOffset now)
    {
        foreach (var (_, incident) in state.Incidents)
        {
            if (incident.IsUndecided && Due(incident, now) is { } due)
                yield return due;
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
        }
        return next;
    }

    private static DueNow? Due(Incident incident, DateTimeOffset now)
    {
        var staged = incident.Staged!;
        if (incident.Phase == IncidentPhase.Snoozed)
            return incident.SnoozedUntil <= now ? Make(incident, "the end of a snooze", new ProposalReturned(incident.Id, staged.Revision)) : null;
        if (ProposalTimes.ExpiresAt(incident) <= now)
            return Expire(incident, staged);
        return staged.Terms.EscalateTo is { } role && !incident.Escalated && ProposalTimes.EscalateAt(incident) <= now
            ? Make(incident, "escalation", new ProposalEscalated(incident.Id, staged.Revision, role))
            : null;
    }

    private static DateTimeOffset NextOf(Incident incident)
    {
        var expires = ProposalTimes.ExpiresAt(incident)!.Value;
        if (incident.Phase == IncidentPhase.Snoozed)
            return incident.SnoozedUntil ?? expires;
        return !incident.Escalated && incident.Staged!.Terms.EscalateTo is not null && ProposalTimes.EscalateAt(incident) is { } escalate && escalate < expires
            ? escalate
            : expires;
    }

    private static DueNow Expire(Incident incident, ProposalStaged staged)
    {
        var due = Make(incident, "expiry", new ProposalExpired(incident.Id, staged.Revision));
        return incident.IsOpen && staged.Kind == ProposalKind.Remedy ? due with
        {
            Expected = [.. due.Expected, new(StreamId.Incident(incident.Id), incident.IncidentVersion)],
            Entries = [.. due.Entries, new(StreamId.Incident(incident.Id), Self, incident.Correlation, new IncidentClosed(incident.Id, "expired"), incident.StagedSeq)],
        } : due;
    }

    private static DueNow Make(Incident incident, string what, Fact fact) => new(
        incident.Id,
        what,
        [new(StreamId.Proposal(incident.Id), incident.ProposalVersion)],
        [new(StreamId.Proposal(incident.Id), Self, incident.Correlation, fact, incident.StagedSeq)]);
}

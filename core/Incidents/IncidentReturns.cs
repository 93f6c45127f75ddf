using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Incidents;

/// <content>An incident whose alerts end and fire again.</content>
public sealed partial record Incident
{
    /// <summary>
    /// How often it began: at first, and each time that an alert of it fired again after its own end, or after every alert had ended.
    /// </summary>
    public int Beginnings { get; init; }

    /// <summary>When it was last opened again because it fires again after it had ended by itself; null when it never was.</summary>
    public (long Seq, DateTimeOffset At)? Returned { get; init; }

    /// <summary>When it came up last: opened, or fired again after it had ended by itself.</summary>
    public DateTimeOffset CameUpAt => Returned?.At ?? OpenedAt;

    /// <summary>How severe it was then.</summary>
    internal Severity CameUpWith => Returned is null ? Opened.Severity : RaisedTo;

    /// <summary>As <see cref="CameUpAt"/>, the entry that says so.</summary>
    public long CameUpSeq => Returned?.Seq ?? OpenedSeq;

    /// <summary>Its alerts ended, and so it was closed: nothing was done about it, and nobody had decided anything for good.</summary>
    public bool EndedByItself => !IsOpen && ClosedReason == ClosedReasons.Resolved
        && Phase is ProposalPhase.Withdrawn or ProposalPhase.Expired
        && Undo is null
        && Execution is null or { Outcome: ExecutionOutcome.Drifted, Steps.IsEmpty: true }
        && !Proposal.Decisions.Concat(Proposal.EarlierDecisions).Any(static decision => decision.Fact.Complete);

    /// <summary>It fires again, and nothing has been drafted since: what was drafted before rests on readings of then.</summary>
    public bool IsToBeDraftedAnew => Returned?.Seq > Proposal.DraftSeq;

    /// <summary>Without events that are to be correlated anew: whatever takes them counts them, and it may be this one again.</summary>
    internal Incident Without(IReadOnlyCollection<(long Seq, EventReceived Event)> events) => this with
    {
        EventCount = EventCount - events.Count,
        SimulatedEvents = SimulatedEvents - events.Count(static one => one.Event.Simulated),
        RecentEvents = RecentEvents.RemoveAll(recent => events.Any(one => one.Seq == recent.Seq)),
        Beginnings = events.Count > 0 ? Beginnings - 1 : Beginnings,
        Parts = events.Aggregate(Parts, static (parts, one) => parts.Without(one.Event)),
    };

    /// <summary>What was drafted and asked before is of then; what was counted stays.</summary>
    private Incident FiresAgain(LedgerEntry entry) => this with
    {
        Proposal = Proposal.WithRestarted(),
        ClosedAt = null,
        FiringAlerts = [],
        BegunSinceQuiet = NothingBegun,
        Returned = (entry.Seq, entry.ByClock),
        // It gathers again.
        LastBegunAt = entry.ByClock,
    };
}

using System.Collections.Immutable;
using DevOpsAI.Drafting;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Where an incident stands, as its card says it.</summary>
public enum IncidentPhase
{
    Drafting,
    Waiting,
    Snoozed,
    Approved,
    Executing,
    Verified,
    Failed,
    Unknown,
    Stopped,
    Rejected,
    Handled,
    Withdrawn,
    Expired,
    Undoing,
    Undone,
}

/// <summary>A decision as the ledger has it.</summary>
public sealed record Decision(Actor By, DateTimeOffset At, long Seq, ProposalDecided Fact)
{
    /// <summary>When it was decided on the line of time that deadlines are on; <see cref="At"/> never goes back and may be later.</summary>
    public DateTimeOffset ByClock => Fact.ByClock ?? At;
}

/// <summary>A run of the plan, or of its undo, as far as it came.</summary>
public sealed record Run(
    string ExecutionId, ProposalKind Kind, long StartedSeq, DateTimeOffset StartedAt, DateTimeOffset LeaseUntil, string Instance, Plan Plan,
    ImmutableArray<StepFinished> Steps, ExecutionOutcome? Outcome, string? Summary, ImmutableArray<Change> Changes,
    bool RolledBack, DateTimeOffset? UndoUntil, DateTimeOffset? FinishedAt)
{
    /// <summary>Operation ids of the actions that may have been sent.</summary>
    public ImmutableHashSet<string> Announced { get; init; } = [];

    /// <summary>What is not in <see cref="Announced"/> was certainly not sent.</summary>
    public bool Announces { get; init; }

    /// <summary>Nobody approved it: it ran at L0 or L1.</summary>
    public bool Unattended { get; init; }

    public bool MayHaveSent(string operationId) => !Announces || Announced.Contains(operationId);
}

/// <summary>Who asked for a new draft, and when.</summary>
public sealed record Asked(Actor By, DateTimeOffset At);

/// <summary>What nobody decided about in time since a person last did something about the incident.</summary>
/// <param name="Seq">Of the entry that says so last.</param>
/// <param name="Times">How often in a row.</param>
public sealed record Unanswered(long Seq, DateTimeOffset At, int Times);

/// <summary>What a conversation shows of the incident.</summary>
/// <param name="ActivityId">Null while it is not known whether the card was posted.</param>
public sealed record ShownCard(
    string ConversationId, DateTimeOffset SendingAt, int Attempts, string? ServiceUrl, string? ThreadId, string? ActivityId, long ShownSeq)
{
    /// <summary>What it showed when it was posted: how that came about is told by the card alone.</summary>
    public long PostedSeq { get; init; }

    /// <summary>The last end that was told under it, or was about to be.</summary>
    public long NoticedSeq { get; init; }

    /// <summary>When that was; null when nothing was told.</summary>
    public DateTimeOffset? NoticedAt { get; init; }

    /// <summary>When it was last drawn and sent, at the latest.</summary>
    public DateTimeOffset ShownAt { get; init; }
}

/// <summary>
/// One incident with its proposal, decisions and runs: a fold over the streams <c>incident/</c>, <c>proposal/</c> and <c>card/</c>
/// of its id, plus the events that belong to it. Immutable.
/// </summary>
public sealed partial record Incident(TenantId Tenant, string Id, IncidentOpened Opened, DateTimeOffset OpenedAt, long OpenedSeq, string Correlation)
{
    private const int RecentLimit = 20;

    /// <summary>Seq of the last entry that changed what a person should see.</summary>
    public long LastSeq { get; init; } = OpenedSeq;
    public long IncidentVersion { get; init; }

    /// <summary>
    /// The entry that lifted a kill switch under which this waited with many others, so that it came as one of a list; 0 where it did not, or
    /// something has happened since but that it was drafted.
    /// </summary>
    public long ListedSeq { get; init; }

    /// <summary>Version of the stream <c>proposal/{id}</c> that this state rests on; appends name it.</summary>
    public long ProposalVersion { get; init; }
    public long CardVersion { get; init; }
    public IncidentPhase Phase { get; init; } = IncidentPhase.Drafting;
    public Severity Severity { get; init; } = Opened.Severity;

    /// <summary>As far as <c>incident.raised</c> has said it.</summary>
    internal Severity RaisedTo { get; init; } = Opened.Severity;

    /// <summary>Seq of the entry that raised it last; 0 when none did.</summary>
    public long RaisedSeq { get; init; }

    /// <summary>Title of the alert that it is about now: of those that fire the most severe, and of these the latest. An incident that gathers keeps its own.</summary>
    public string Title { get; init; } = Opened.Title;
    public int EventCount { get; init; }
    public ImmutableArray<(long Seq, EventReceived Event)> RecentEvents { get; init; } = [];
    public ImmutableHashSet<string> Devices { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);
    public ImmutableHashSet<string> FiringAlerts { get; init; } = [];

    /// <summary>
    /// Once no alert was firing: those that began after that, by key, with their newest event. Whoever closes the incident as resolved may not
    /// have seen them. Null until then, and when the incident is closed.
    /// </summary>
    internal ImmutableDictionary<string, (long Seq, EventReceived Event)>? BegunSinceQuiet { get; init; }

    internal static readonly ImmutableDictionary<string, (long Seq, EventReceived Event)> NothingBegun = ImmutableDictionary<string, (long, EventReceived)>.Empty;
    public bool Simulated { get; init; }

    /// <summary>It is about security or a person, and so gathered with nothing else.</summary>
    public bool IsApart { get; init; }

    /// <summary>How many of its events came from a simulated vendor.</summary>
    public int SimulatedEvents { get; init; }

    /// <summary>Some of what it gathers is a simulation, and some is not.</summary>
    public bool IsPartlySimulated => SimulatedEvents > 0 && SimulatedEvents < EventCount;

    /// <summary>When an alert of it began last, by the ledger.</summary>
    public DateTimeOffset LastBegunAt { get; init; } = OpenedAt;

    /// <summary>What a storm gathers; empty where it is one alert's incident.</summary>
    public StormParts Parts { get; init; } = StormParts.None;
    public bool IsOpen { get; init; } = true;
    public string? ClosedReason { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    public RecommendationDrafted? Draft { get; init; }
    public long DraftSeq { get; init; }
    public ProposalStaged? Staged { get; init; }
    public long StagedSeq { get; init; }
    public DateTimeOffset StagedAt { get; init; }
    public bool Escalated { get; init; }

    /// <summary>Who was told last because nobody decided, and by which entry; null when nobody was.</summary>
    public (Role To, long Seq)? EscalatedTo { get; init; }

    /// <summary>It was escalated with several others, and people are told of them in one list.</summary>
    public bool IsEscalatedAmongOthers { get; init; }

    /// <summary>Seq of the last entry about the incident or its proposal.</summary>
    public long StorySeq { get; init; } = OpenedSeq;

    /// <summary>Proposals that expired while the incident stayed open; null when none did, or a person has acted since.</summary>
    public Unanswered? Unanswered { get; init; }

    /// <summary>What the terms of the staged proposal were computed for.</summary>
    public Severity StagedSeverity { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>Decisions about the staged revision, oldest first.</summary>
    public ImmutableArray<Decision> Decisions { get; init; } = [];

    /// <summary>Decisions about earlier revisions, oldest first.</summary>
    public ImmutableArray<Decision> EarlierDecisions { get; init; } = [];

    /// <summary>Every time somebody acted alone on it, oldest first.</summary>
    public ImmutableArray<BrokenGlass> BrokenGlasses { get; init; } = [];

    /// <summary>The oldest of them that others still owe a word about.</summary>
    public BrokenGlass? OpenGlass => BrokenGlasses.FirstOrDefault(static broken => !broken.IsConfirmed);

    /// <summary>While a new draft that a person asked for is not staged yet.</summary>
    public Asked? Redraft { get; init; }

    /// <summary>How often a remedy of it was not begun because the situation had changed, since a person last asked for a draft.</summary>
    public int Drifts { get; init; }

    public Run? Execution { get; init; }
    public Run? Undo { get; init; }
    public string? Ending { get; init; }

    public ImmutableDictionary<string, ShownCard> Cards { get; init; } = ImmutableDictionary<string, ShownCard>.Empty;

    /// <summary>The last entry that ended something: a run, an undo, the wait for a decision, or the quiet after its alerts had ended.</summary>
    public (long Seq, DateTimeOffset At) Ended { get; init; }

    /// <summary>A person may still decide about the staged proposal.</summary>
    public bool IsUndecided => Staged is not null && Phase is IncidentPhase.Waiting or IncidentPhase.Snoozed;

    /// <summary>Its plan ran without the wanted end and nothing more happens by itself: a person sees to it and says when that is done.</summary>
    public bool IsLeftToPeople => IsOpen && Staged is not null && Phase is IncidentPhase.Failed or IncidentPhase.Unknown or IncidentPhase.Stopped;

    /// <summary>What was done last was taken back, so that nothing stands of it.</summary>
    public bool IsTakenBack => Undo is { Outcome: ExecutionOutcome.Verified } && !IsEarlier(Undo);

    /// <summary>It was taken back, and nobody has said yet what happens instead.</summary>
    public bool AsksAfterUndo => IsOpen && IsTakenBack && Redraft is null && (Phase == IncidentPhase.Undone || Draft?.Drafter == RecommendationDrafted.AfterUndo);

    /// <summary>The undo is of a run before the last one.</summary>
    public bool IsEarlier(Run undo) => Execution is { } run && run.StartedSeq > undo.StartedSeq;

    /// <summary>
    /// A new look at the world may lead further: the plan ran without the wanted end, or none could be drafted though a runbook knows what
    /// to do, as when the vendor could not be asked.
    /// </summary>
    public bool CanBeDraftedAgain => Opened.Scope == IncidentScope.One && (IsLeftToPeople
        || (IsOpen && IsUndecided && Staged is { Kind: ProposalKind.Remedy, Terms.Level: GateLevel.L3 } && Draft is { Drafter: not RunbookDrafter.NoRunbook } && (Draft.Problem is not null || Drifts > 0)));

    /// <summary>What was done and verified can be taken back at this time.</summary>
    public bool CanBeUndone(DateTimeOffset at) => Phase == IncidentPhase.Verified && Execution?.UndoUntil > at;

    /// <summary>Something of it could be approved or run at this time, so a freeze concerns it.</summary>
    public bool CanBeFrozen(DateTimeOffset at) => IsOpen || IsUndecided || CanBeUndone(at);

    /// <summary>Nobody decided in time and it is still open: it is drafted from fresh readings and asks again.</summary>
    public bool MustAskAgain => IsOpen && Phase == IncidentPhase.Expired && Staged is { Kind: ProposalKind.Remedy };

    /// <summary>An alert is more severe than the terms that the undecided proposal was staged under.</summary>
    public bool IsStagedTooLow => IsOpen && IsUndecided && Staged is { Kind: ProposalKind.Remedy } && RaisedTo > StagedSeverity;

    /// <summary>The plan that was approved, with its edits; otherwise the plan that is staged.</summary>
    public Plan PlanInForce => Decisions.LastOrDefault(decision => decision.Fact is { Complete: true, Edited: not null })?.Fact.Edited ?? Staged?.Plan ?? Plan.Empty;

    public string SealInForce => Decisions.LastOrDefault(decision => decision.Fact.Complete)?.Fact.Seal ?? Staged?.Seal ?? "";

    /// <summary>Its card names whoever was erased.</summary>
    internal bool Concerns(ErasureCompleted erased) =>
        Opened.Subject == erased.Key
        || RecentEvents.Any(recent => recent.Event.Subject == erased.Key)
        || (erased.ObjectId is { } person && (Staged?.Requester.IsSame(person) == true || Decisions.Concat(EarlierDecisions).Any(decision => decision.By.IsSame(person) || decision.Fact.InTheNameOf?.IsSame(person) == true)
            || BrokenGlasses.Any(broken => broken.Reviews.Any(review => review.By.IsSame(person)))));

    /// <summary>It takes further alerts at this time: a storm that has been quiet takes none, and its own alerts may still end.</summary>
    internal bool GathersAt(DateTimeOffset at) =>
        Opened.Scope != IncidentScope.One && (Opened.QuietAfter is not { } quiet || (at - LastBegunAt).Duration() <= TimeSpan.FromSeconds(quiet));

    /// <param name="isKnown">The alert belonged to it before.</param>
    internal Incident With(long seq, EventReceived received, DateTimeOffset at, bool isKnown)
    {
        var begins = received.Status == EventStatus.Firing && !FiringAlerts.Contains(received.AlertKey);
        var firing = received.Status == EventStatus.Firing ? FiringAlerts.Add(received.AlertKey) : FiringAlerts.Remove(received.AlertKey);
        return Titled(received, firing) with
        {
            LastSeq = seq,
            EventCount = EventCount + 1,
            Severity = received.Severity > Severity ? received.Severity : Severity,
            RecentEvents = [.. RecentEvents.Length < RecentLimit ? RecentEvents : RecentEvents[1..], (seq, received)],
            Devices = received.Device is { } device ? Devices.Add(device) : Devices,
            Simulated = Simulated || received.Simulated,
            SimulatedEvents = SimulatedEvents + (received.Simulated ? 1 : 0),
            IsApart = IsApart || received.OwnCard is OwnCard.Security or OwnCard.Person,
            LastBegunAt = begins ? at : LastBegunAt,
            Beginnings = begins && (FiringAlerts.IsEmpty || (isKnown && Opened.Scope == IncidentScope.One)) ? Beginnings + 1 : Beginnings,
            Parts = Opened.Scope == IncidentScope.One ? Parts : Parts.With(received, FiringAlerts.Contains(received.AlertKey)),
            FiringAlerts = firing,
            BegunSinceQuiet = firing.IsEmpty ? NothingBegun : BegunWith(seq, received),
        };
    }

    /// <summary>The severity that the title's alert has is what is shown first: a lesser alert does not take its place while it fires.</summary>
    private Incident Titled(EventReceived received, ImmutableHashSet<string> firing)
    {
        if (Opened.Scope != IncidentScope.One)
            return this;
        var firingEvents = RecentEvents.Select(static recent => recent.Event).Append(received)
            .Where(one => one.Status == EventStatus.Firing && firing.Contains(one.AlertKey))
            .GroupBy(static one => one.AlertKey)
            .Select(static alert => alert.Last());
        EventReceived? worst = null;
        foreach (var one in firingEvents)
        {
            if (worst is null || one.Severity > worst.Severity || (one.Severity == worst.Severity && one == received))
                worst = one;
        }
        return worst is null ? this : this with { Title = worst.Title };
    }

    private ImmutableDictionary<string, (long Seq, EventReceived Event)>? BegunWith(long seq, EventReceived received) => received switch
    {
        { Status: EventStatus.Resolved } => BegunSinceQuiet?.Remove(received.AlertKey),
        { Severity: > Severity.Info } => BegunSinceQuiet?.SetItem(received.AlertKey, (seq, received)),
        _ => BegunSinceQuiet,
    };

    internal Incident Apply(LedgerEntry entry) => Fold(entry) with
    {
        LastSeq = entry.Fact is CardSending or CardPosted or CardUpdated or NoticeSending or StepStarted ? LastSeq : entry.Seq,
        StorySeq = entry.Stream == StreamId.Card(Id) ? StorySeq : entry.Seq,
        ListedSeq = entry.Stream == StreamId.Card(Id) || entry.Fact is RecommendationDrafted or ProposalStaged ? ListedSeq : 0,
        Ended = IsEnd(entry.Fact) ? (entry.Seq, entry.ByClock) : Ended,
        IncidentVersion = entry.Stream == StreamId.Incident(Id) ? entry.Version : IncidentVersion,
        ProposalVersion = entry.Stream == StreamId.Proposal(Id) ? entry.Version : ProposalVersion,
        CardVersion = entry.Stream == StreamId.Card(Id) ? entry.Version : CardVersion,
    };

    private Incident Fold(LedgerEntry entry) => entry.Fact switch
    {
        IncidentClosed closed => this with
        {
            IsOpen = false,
            ClosedReason = closed.Reason,
            ClosedAt = entry.ByClock,
            BegunSinceQuiet = null,
            Phase = Phase == IncidentPhase.Drafting ? IncidentPhase.Withdrawn : Phase,
        },
        IncidentReopened { EventId: not null } => FiresAgain(entry),
        IncidentReopened => this with { IsOpen = true, ClosedReason = null, ClosedAt = null, BegunSinceQuiet = FiringAlerts.IsEmpty ? NothingBegun : null, Drifts = 0 },
        IncidentRaised raised => this with { Severity = raised.To > Severity ? raised.To : Severity, RaisedTo = raised.To, RaisedSeq = entry.Seq },
        RecommendationDrafted draft => this with { Draft = draft, DraftSeq = entry.Seq, Simulated = Simulated || draft.Simulated },
        ProposalStaged staged => this with
        {
            Staged = staged,
            StagedSeq = entry.Seq,
            StagedAt = staged.ByClock ?? entry.ByClock,
            StagedSeverity = staged.Severity ?? Severity,
            // Whoever was told that nobody decides is not told anew by asking again.
            Escalated = Phase == IncidentPhase.Expired && Escalated,
            EscalatedTo = Phase == IncidentPhase.Expired ? EscalatedTo : null,
            SnoozedUntil = null,
            EarlierDecisions = [.. EarlierDecisions, .. Decisions],
            Decisions = [],
            Ending = null,
            Redraft = null,
            Phase = staged.Terms.Level is GateLevel.L0 or GateLevel.L1 ? IncidentPhase.Approved : IncidentPhase.Waiting,
        },
        ProposalDecided decided => Decide(new(entry.Actor, entry.ByClock, entry.Seq, decided)),
        RedraftRequested => this with { Drifts = 0, SnoozedUntil = null, Unanswered = null, Redraft = new(entry.Actor, entry.ByClock), Phase = IncidentPhase.Drafting },
        BreakGlassReviewed said => WithGlass(said.Revision, broken => broken with
        {
            Reviews = broken.Reviews.Add(new(entry.Actor, entry.ByClock, said.Confirms, said.Reason)),
            IsConfirmed = broken.IsConfirmed || said.Complete,
        }),
        BreakGlassEscalated escalated => WithGlass(escalated.Revision, broken => broken with { Escalation = escalated.Reason }) with { Escalated = true, EscalatedTo = (escalated.To, entry.Seq) },
        ProposalReturned => this with { SnoozedUntil = null, Phase = IncidentPhase.Waiting },
        ProposalEscalated escalated => this with { Escalated = true, EscalatedTo = (escalated.To, entry.Seq), IsEscalatedAmongOthers = escalated.Among is not null },
        ProposalWithdrawn withdrawn => AfterUndecided(IncidentPhase.Withdrawn, withdrawn.Reason),
        ProposalExpired => AfterUndecided(IncidentPhase.Expired, null) with
        {
            Unanswered = Staged is { Kind: ProposalKind.Remedy } ? new(entry.Seq, entry.ByClock, (Unanswered?.Times ?? 0) + 1) : Unanswered,
        },
        ExecutionStarted started => this with
        {
            Phase = IncidentPhase.Executing,
            Execution = Begin(started.ExecutionId, ProposalKind.Remedy, entry, started.LeaseUntil, started.Instance, started.Announces, Execution),
        },
        UndoStarted started => this with
        {
            Phase = IncidentPhase.Undoing,
            Undo = Begin(started.ExecutionId, ProposalKind.Undo, entry, started.LeaseUntil, started.Instance, started.Announces, Undo),
        },
        StepStarted step when Undo?.ExecutionId == step.ExecutionId => this with { Undo = Undo with { Announced = Undo.Announced.Add(step.OperationId) } },
        StepStarted step when Execution?.ExecutionId == step.ExecutionId => this with { Execution = Execution with { Announced = Execution.Announced.Add(step.OperationId) } },
        StepFinished step when Undo?.ExecutionId == step.ExecutionId => this with { Undo = Undo with { Steps = Undo.Steps.Add(step) } },
        StepFinished step when Execution?.ExecutionId == step.ExecutionId => this with { Execution = Execution with { Steps = Execution.Steps.Add(step) } },
        ExecutionFinished done when Execution is not null => this with
        {
            Drifts = done.Outcome == ExecutionOutcome.Drifted ? Drifts + 1 : Drifts,
            Phase = PhaseAfter(done.Outcome),
            Execution = Execution with
            {
                Outcome = done.Outcome, Summary = done.Summary, Changes = [.. done.Changes],
                RolledBack = done.RolledBack, UndoUntil = done.UndoUntil, FinishedAt = entry.ByClock,
            },
        },
        UndoFinished done when Undo is not null => this with
        {
            Phase = done.Outcome switch
            {
                ExecutionOutcome.Verified => IncidentPhase.Undone,
                // Nothing ran and nobody drafts an undo again: the remedy stands as it did.
                ExecutionOutcome.Drifted => PhaseAfter(Execution?.Outcome ?? ExecutionOutcome.Stopped),
                _ => PhaseAfter(done.Outcome),
            },
            Undo = Undo with { Outcome = done.Outcome, Summary = done.Summary, Changes = [.. done.Changes], FinishedAt = entry.ByClock },
        },
        CardSending sending => WithCard(sending.ConversationId, card => card with { SendingAt = entry.ByClock, Attempts = card.Attempts + 1 }),
        CardPosted posted => WithCard(posted.ConversationId, card => card with
        {
            ServiceUrl = posted.ServiceUrl, ThreadId = posted.ThreadId, ActivityId = posted.ActivityId, ShownSeq = posted.ShownSeq, PostedSeq = posted.ShownSeq, ShownAt = entry.ByClock,
        }),
        CardUpdated updated => WithCard(updated.ConversationId, card => card with { ShownSeq = updated.ShownSeq, ShownAt = entry.ByClock }),
        NoticeSending notice => WithCard(notice.ConversationId, card => card with { NoticedSeq = notice.AboutSeq, NoticedAt = entry.ByClock }),
        _ => this,
    };

    private static bool IsEnd(Fact fact) =>
        fact is IncidentReopened { EventId: not null } or ExecutionFinished or UndoFinished or ProposalExpired or ProposalEscalated { Among: null } or ProposalDecided { Complete: true, Kind: DecisionKind.Reject or DecisionKind.Handled } or ProposalDecided { Owed: not null }
            or BreakGlassEscalated or BreakGlassReviewed { Complete: true };

    private Incident Decide(Decision decision)
    {
        var next = this with { Decisions = Decisions.Add(decision), Unanswered = decision.Fact.Complete ? null : Unanswered };
        return decision.Fact.Kind switch
        {
            DecisionKind.Snooze => next with { SnoozedUntil = decision.Fact.Until, Phase = IncidentPhase.Snoozed },
            _ when !decision.Fact.Complete => next,
            DecisionKind.Reject => next.AfterUndecided(IncidentPhase.Rejected, decision.Fact.Reason),
            DecisionKind.Handled => next.AfterUndecided(IncidentPhase.Handled, decision.Fact.Reason),
            _ when decision.Fact.Owed is { } owed => next with
            {
                SnoozedUntil = null,
                Phase = IncidentPhase.Approved,
                // Everybody is told, those too who are told of escalations only.
                Escalated = true,
                BrokenGlasses = BrokenGlasses.Add(new(
                    decision.Fact.Revision, decision.By, decision.At, decision.Fact.Reason, owed, Staged!.Terms.ApproverRole, Staged.Terms.EscalateTo ?? Role.Administrator)),
            },
            _ => next with { SnoozedUntil = null, Phase = IncidentPhase.Approved },
        };
    }

    /// <summary>An undo that comes to nothing leaves the remedy as it was.</summary>
    private Incident AfterUndecided(IncidentPhase phase, string? reason) => this with
    {
        SnoozedUntil = null,
        Ending = reason,
        Phase = IsUndecided && Staged?.Kind == ProposalKind.Undo && Execution?.Outcome is { } outcome ? PhaseAfter(outcome) : phase,
    };

    private Run Begin(string id, ProposalKind kind, LedgerEntry entry, DateTimeOffset lease, string instance, bool announces, Run? earlier) =>
        earlier?.ExecutionId == id && earlier.Outcome is null
            ? earlier with { LeaseUntil = lease, Instance = instance }
            : new(id, kind, entry.Seq, entry.ByClock, lease, instance, PlanInForce, [], null, null, [], false, null, null)
            {
                Announces = announces,
                Unattended = Staged?.Terms.Level is GateLevel.L0 or GateLevel.L1,
            };

    /// <summary>What a run begun or taken over now carries out.</summary>
    /// <param name="earlier">The last run of the same kind.</param>
    internal Plan PlanToRun(string executionId, Run? earlier) => earlier?.ExecutionId == executionId && earlier.Outcome is null ? earlier.Plan : PlanInForce;

    private Incident WithGlass(int revision, Func<BrokenGlass, BrokenGlass> change) => this with
    {
        BrokenGlasses = [.. BrokenGlasses.Select(broken => broken.Revision == revision ? change(broken) : broken)],
    };

    private Incident WithCard(string conversationId, Func<ShownCard, ShownCard> change) => this with
    {
        Cards = Cards.SetItem(conversationId, change(Cards.GetValueOrDefault(conversationId) ?? new(conversationId, default, 0, null, null, null, 0))),
    };

    private static IncidentPhase PhaseAfter(ExecutionOutcome outcome) => outcome switch
    {
        ExecutionOutcome.Verified => IncidentPhase.Verified,
        ExecutionOutcome.Failed => IncidentPhase.Failed,
        ExecutionOutcome.Unknown => IncidentPhase.Unknown,
        ExecutionOutcome.Drifted => IncidentPhase.Drafting,
        _ => IncidentPhase.Stopped,
    };
}

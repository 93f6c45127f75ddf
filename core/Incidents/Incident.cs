using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>
/// One incident: the alerts that belong to it, whether it is open, what is proposed about it and where it is shown. A fold over the streams
/// <c>incident/</c>, <c>proposal/</c> and <c>card/</c> of its id, plus the events that belong to it. Immutable.
/// </summary>
public sealed partial record Incident(TenantId Tenant, IncidentId Id, IncidentOpened Opened, DateTimeOffset OpenedAt, long OpenedSeq,
    CorrelationId Correlation)
{
    private const int RecentLimit = 20;

    /// <summary>Seq of the last entry that changed what a person should see.</summary>
    public long LastSeq { get; init; } = OpenedSeq;
    public long IncidentVersion { get; init; }

    /// <summary>
    /// The entry that lifted a kill switch under which this waited with many others, so that it came as one of a list; 0 where it did not,
    /// or something has happened since but that it was drafted.
    /// </summary>
    public long ListedSeq { get; init; }

    public long CardVersion { get; init; }

    /// <summary>What is proposed, decided and carried out about it.</summary>
    public Proposal Proposal { get; init; } =
        new(Tenant, Id, Correlation) { Severity = Opened.Severity, Person = Opened.Subject };
    public Severity Severity => Proposal.Severity;

    /// <summary>As far as <c>incident.raised</c> has said it.</summary>
    internal Severity RaisedTo { get; init; } = Opened.Severity;

    /// <summary>Seq of the entry that raised it last; 0 when none did.</summary>
    public long RaisedSeq { get; init; }

    /// <summary>
    /// Title of the alert that it is about now: of those that fire the most severe, and of these the latest. An incident that gathers keeps
    /// its own.
    /// </summary>
    public string Title { get; init; } = Opened.Title;

    /// <summary>
    /// Titles of the other alerts of it that fire, the latest first; those that say the same but for a reading are named once. Empty where
    /// it gathers: then its parts say it.
    /// </summary>
    public IEnumerable<string> AlsoFiring => Opened.Scope != IncidentScope.One || FiringAlerts.Count < 2 ? [] : RecentEvents
        .Select(static recent => recent.Event)
        .Where(one => one.Status == EventStatus.Firing && FiringAlerts.Contains(one.AlertKey))
        .GroupBy(static one => one.AlertKey)
        .Select(static alert => alert.Last().Title)
        .Reverse()
        .DistinctBy(static title => Readings.Without(title), StringComparer.OrdinalIgnoreCase)
        .Where(title => !Readings.Without(title).Equals(Readings.Without(Title), StringComparison.OrdinalIgnoreCase));
    public int EventCount { get; init; }
    public ImmutableArray<(long Seq, EventReceived Event)> RecentEvents { get; init; } = [];
    public ImmutableHashSet<string> Devices { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);
    public ImmutableHashSet<string> FiringAlerts { get; init; } = [];

    /// <summary>
    /// Once no alert was firing: those that began after that, by key, with their newest event. Whoever closes the incident as resolved may
    /// not have seen them. Null until then, and when the incident is closed.
    /// </summary>
    internal ImmutableDictionary<string, (long Seq, EventReceived Event)>? BegunSinceQuiet { get; init; }

    internal static readonly ImmutableDictionary<string, (long Seq, EventReceived Event)> NothingBegun =
        ImmutableDictionary<string, (long, EventReceived)>.Empty;
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
    public bool IsOpen => Proposal.IsOpen;
    public string? ClosedReason => Proposal.ClosedReason;
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Seq of the last entry about the incident or its proposal.</summary>
    public long TimelineSeq { get; init; } = OpenedSeq;

    public ImmutableDictionary<ConversationId, ShownCard> Cards { get; init; } = ImmutableDictionary<ConversationId, ShownCard>.Empty;

    /// <summary>
    /// The last entry that ended something: a run, an undo, the wait for a decision, or the quiet after its alerts had ended.
    /// </summary>
    public (long Seq, DateTimeOffset At) Ended { get; init; }

    /// <summary>
    /// A new look at the world may lead further: the plan ran without the wanted end, or none could be drafted though a runbook knows what
    /// to do, as when the vendor could not be asked.
    /// </summary>
    public bool CanBeDraftedAgain => Opened.Scope == IncidentScope.One && (IsLeftToPeople || CouldHavePlan);

    private bool CouldHavePlan => IsOpen && IsUndecided && Staged is { Kind: ProposalKind.Remedy, Terms.Level: GateLevel.L3 }
        && Draft is { Drafter: not RecommendationDrafted.NoRunbook } && (Draft.Problem is not null || Proposal.Drifts > 0);

    /// <summary>An alert is more severe than the terms that the undecided proposal was staged under.</summary>
    public bool IsStagedTooLow => IsOpen && IsUndecided && Staged is { Kind: ProposalKind.Remedy } && RaisedTo > Proposal.StagedSeverity;

    /// <summary>Its card names whoever was erased.</summary>
    internal bool Concerns(ErasureCompleted erased) =>
        Opened.Subject == erased.Key
        || RecentEvents.Any(recent => recent.Event.Subject == erased.Key)
        || (erased.ObjectId is { } person && Proposal.Names(PersonId.From(person)));

    /// <summary>It takes further alerts at this time: a storm that has been quiet takes none, and its own alerts may still end.</summary>
    internal bool GathersAt(DateTimeOffset at) =>
        Opened.Scope != IncidentScope.One
            && (Opened.QuietAfter is not { } quiet || (at - LastBegunAt).Duration() <= TimeSpan.FromSeconds(quiet));

    /// <param name="isKnown">The alert belonged to it before.</param>
    internal Incident With(long seq, EventReceived received, DateTimeOffset at, bool isKnown)
    {
        var begins = received.Status == EventStatus.Firing && !FiringAlerts.Contains(received.AlertKey);
        var firing = received.Status == EventStatus.Firing ? FiringAlerts.Add(received.AlertKey) : FiringAlerts.Remove(received.AlertKey);
        return Titled(received, firing) with
        {
            LastSeq = seq,
            EventCount = EventCount + 1,
            Proposal = AtLeast(received.Severity),
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

    /// <summary>
    /// The severity that the title's alert has is what is shown first: a lesser alert does not take its place while it fires.
    /// </summary>
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

    internal Incident Apply(LedgerEntry entry) => ApplyFact(entry) with
    {
        LastSeq = entry.Fact is CardSending or CardPosted or CardUpdated or NoticeSending or StepStarted ? LastSeq : entry.Seq,
        TimelineSeq = entry.Stream == StreamId.Card(Id) ? TimelineSeq : entry.Seq,
        ListedSeq = entry.Stream == StreamId.Card(Id) || entry.Fact is RecommendationDrafted or ProposalStaged ? ListedSeq : 0,
        Ended = IsEnd(entry.Fact) ? (entry.Seq, entry.ByClock) : Ended,
        IncidentVersion = entry.Stream == StreamId.Incident(Id) ? entry.Version : IncidentVersion,
        CardVersion = entry.Stream == StreamId.Card(Id) ? entry.Version : CardVersion,
    };

    private Incident ApplyFact(LedgerEntry entry) => entry.Fact switch
    {
        _ when entry.Stream == Proposal.Stream => this with
        {
            Proposal = Proposal.Apply(entry),
            Simulated = Simulated || entry.Fact is RecommendationDrafted { Simulated: true },
        },
        IncidentClosed closed =>
            this with { Proposal = Proposal.WithClosed(closed.Reason), ClosedAt = entry.ByClock, BegunSinceQuiet = null },
        IncidentReopened { EventId: not null } => FiresAgain(entry),
        IncidentReopened =>
            this with { Proposal = Proposal.WithReopened(), ClosedAt = null, BegunSinceQuiet = FiringAlerts.IsEmpty ? NothingBegun : null },
        IncidentRaised raised => this with { Proposal = AtLeast(raised.To), RaisedTo = raised.To, RaisedSeq = entry.Seq },
        CardSending or CardPosted or CardUpdated or NoticeSending => this with { Cards = Cards.After(entry) },
        _ => this,
    };

    /// <summary>The same at another severity.</summary>
    internal Incident At(Severity severity) => this with { Proposal = Proposal with { Severity = severity } };

    private Proposal AtLeast(Severity severity) => severity > Severity ? Proposal with { Severity = severity } : Proposal;

    private static bool IsEnd(Fact fact) => fact is
        IncidentReopened { EventId: not null }
        or ExecutionFinished or UndoFinished
        or ProposalExpired or ProposalEscalated { Among: null }
        or ProposalDecided { Complete: true, Kind: DecisionKind.Reject or DecisionKind.Handled } or ProposalDecided { Owed: not null }
        or BreakGlassEscalated or BreakGlassReviewed { Complete: true };
}

using System.Collections.Immutable;
using DevOpsAI.Completeness;
using DevOpsAI.Digests;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Tenancy;

/// <summary>Who set the freeze, when and why.</summary>
/// <param name="Cause">Null: a person froze this tenant.</param>
public sealed record Freeze(Actor By, DateTimeOffset At, string Reason, FreezeCause? Cause = null)
{
    /// <summary>Since when, by whom, why, and who may lift it. With outside text in it, on one line.</summary>
    public string Sentence(string client) => Freezes.Sentence(client, this);

    /// <summary>Roles of which one lifts it.</summary>
    public IReadOnlyCollection<Role> LiftedBy => Cause is FreezeCause.Everything or FreezeCause.BrokenSeal ? [Role.Administrator] : [Role.Approver, Role.Administrator];
}

/// <summary>Where the tenant's events went: received = shown + folded + digested + still to be correlated.</summary>
/// <param name="Shown">Opened an incident, so has a card of its own.</param>
/// <param name="Folded">Belongs to an incident that was already there, and is counted on its card.</param>
/// <param name="Digested">Told in digests only: for information, or the end of something nobody knew.</param>
public sealed record Intake(long Received, long Shown, long Folded, long Digested);

/// <summary>Everything known of one tenant as of <see cref="Seq"/>: a fold over its ledger. Immutable.</summary>
public sealed partial record TenantState(TenantId Tenant)
{
    /// <summary>What people call the tenant.</summary>
    public string Name { get; init; } = Tenant.Value;

    public long Seq { get; init; }
    public ImmutableDictionary<string, Incident> Incidents { get; init; } = ImmutableDictionary.Create<string, Incident>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Open incidents by the key that their scope gathers on (<see cref="KeyOf"/>).</summary>
    public ImmutableDictionary<string, string> OpenByKey { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The incident that was opened last under each key that scopes gather on; it may be closed.</summary>
    public ImmutableDictionary<string, string> LastByKey { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The incident that an alert last belonged to.</summary>
    public ImmutableDictionary<string, string> IncidentByAlert { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What was last said of each alert.</summary>
    public ImmutableDictionary<string, AlertWord> LastWords { get; init; } = ImmutableDictionary<string, AlertWord>.Empty;

    /// <summary>Firing events that no incident has taken yet.</summary>
    public UnattachedEvents Unattached { get; init; } = UnattachedEvents.None;

    public Intake Intake { get; init; } = new(0, 0, 0, 0);

    /// <summary>Number of the last incident opened; the first is 1001.</summary>
    public int LastIncidentNumber { get; init; } = 1000;

    /// <summary>Ids of the last incidents opened, or opened again as they fired again, oldest first, at most <see cref="RecentlyOpenedLimit"/>: what a storm is seen by.</summary>
    public ImmutableArray<string> RecentlyOpened { get; init; } = [];

    public const int RecentlyOpenedLimit = 128;

    /// <summary>What each alert on each device came to the last times.</summary>
    public Occurrences Occurrences { get; init; } = Occurrences.None;

    public ImmutableDictionary<(string ObjectId, Role Role), string> Roles { get; init; } = ImmutableDictionary<(string, Role), string>.Empty;

    /// <summary>Roles taken away by command, which configuration must not give back.</summary>
    public ImmutableHashSet<(string ObjectId, Role Role)> RolesTaken { get; init; } = [];

    /// <summary>What was last said of each person's absence, by object id in lower case; some are over, some still to come.</summary>
    public ImmutableDictionary<string, Absence> Absences { get; init; } = ImmutableDictionary<string, Absence>.Empty;

    public ImmutableDictionary<string, ChannelLinked> Channels { get; init; } = ImmutableDictionary<string, ChannelLinked>.Empty;

    /// <summary>Conversations that were linked until Teams took no messages there any more.</summary>
    public ImmutableDictionary<string, ChannelLinked> LostChannels { get; init; } = ImmutableDictionary<string, ChannelLinked>.Empty;

    /// <summary>
    /// Whether a conversation shows every incident's card. One for escalations stands in while every other was lost: an alert that no
    /// conversation shows is an alert that nobody sees.
    /// </summary>
    public bool ShowsEverything(ChannelLinked link) => !link.Escalation
        || (LostChannels.Values.Any(static lost => !lost.Escalation) && Channels.Values.All(static other => other.Escalation));

    /// <summary>Seq of the entry that linked each conversation: what was closed before it is not posted there.</summary>
    public ImmutableDictionary<string, long> LinkedSince { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Conversations that were linked while more incidents were open than are posted at once: they got a list of them instead.</summary>
    public ImmutableHashSet<string> BeganWithList { get; init; } = [];

    /// <summary>More open incidents than this are shown as a list when a conversation is linked.</summary>
    public const int MostPostedAtOnce = 3;

    /// <summary>
    /// The incident is on a list that the conversation got, and nothing about it has changed since: its card comes when something does, or
    /// when somebody asks for it.
    /// </summary>
    public bool IsOnList(Incident incident, ChannelLinked link) =>
        (BeganWithList.Contains(link.Channel.ConversationId) && incident.StorySeq < LinkedSince.GetValueOrDefault(link.Channel.ConversationId))
        || (incident.ListedSeq > LinkedSince.GetValueOrDefault(link.Channel.ConversationId))
        || (link.Escalation && incident is { IsEscalatedAmongOthers: true, EscalatedTo: { } told } && incident.StorySeq <= told.Seq);

    /// <summary>Open incidents whose cards the conversation would get now, but for those that it has.</summary>
    public IEnumerable<Incident> ToShowIn(ChannelLinked link) => Incidents.Values.Where(incident =>
        incident is { IsOpen: true, Draft: not null, Staged: not null } && !incident.Cards.ContainsKey(link.Channel.ConversationId) && (incident.Escalated || ShowsEverything(link)));

    /// <summary>Where the next digest of each conversation begins, once it was linked.</summary>
    public ImmutableDictionary<string, DigestMark> Digests { get; init; } = ImmutableDictionary<string, DigestMark>.Empty;

    /// <summary>What stops the tenant now: a stop of everything, else its own freeze; null when nothing does.</summary>
    public Freeze? Freeze => FrozenWithEverything ?? OwnFreeze;

    /// <summary>Set about this tenant; lifting a stop of everything leaves it.</summary>
    public Freeze? OwnFreeze { get; init; }

    /// <summary>An administrator stopped every tenant.</summary>
    public Freeze? FrozenWithEverything { get; init; }

    /// <summary>The kill switch is on for all of this tenant; null when it is not.</summary>
    public SwitchedOff? SwitchedOff { get; init; }

    /// <summary>The last time the kill switch was on for all of it, once that is over.</summary>
    public Stop? LastStop { get; init; }

    /// <summary>When connections were heard, how far vendors' logs were read, and what may appear in them.</summary>
    public ConnectionWatch Watch { get; init; } = ConnectionWatch.Nothing;

    /// <summary>When actions were called, for quotas.</summary>
    public CallTimes Calls { get; init; } = CallTimes.None;

    /// <summary>Version of each stream that is not an incident's own: access, channels, freeze.</summary>
    public ImmutableDictionary<StreamId, long> Versions { get; init; } = ImmutableDictionary<StreamId, long>.Empty;

    public StreamVersion VersionOf(StreamId stream) => new(stream, Versions.GetValueOrDefault(stream));

    public Incident? Find(string incidentId) => Incidents.GetValueOrDefault(incidentId);

    /// <summary>
    /// The open incident that an event of these keys belongs to at a time: the storm that holds its alert already, its own, else one that
    /// gathers its cause, else one that gathers different alerts.
    /// </summary>
    public Incident? OpenIncidentFor(EventReceived received, DateTimeOffset at) =>
        Holding(received)
        ?? OpenBy(received.CorrelationKey)
        ?? Gathering(CauseScopeKey(received.CauseKey), at)
        ?? Gathering(TenantScopeKey, at)
        ?? GatheringDifferent(received, at);

    /// <summary>A storm that gathers no more still ends with the alerts that it holds.</summary>
    private Incident? Holding(EventReceived received) =>
        IncidentByAlert.GetValueOrDefault(received.AlertKey) is { } id
        && Incidents[id] is { IsOpen: true, Opened.QuietAfter: not null } storm
        && storm.FiringAlerts.Contains(received.AlertKey) ? storm : null;

    private Incident? OpenBy(string key) => OpenByKey.GetValueOrDefault(key) is { } id ? Incidents[id] : null;

    private Incident? Gathering(string key, DateTimeOffset at) => OpenBy(key) is { } storm && storm.GathersAt(at) ? storm : null;

    private Incident? GatheringDifferent(EventReceived received, DateTimeOffset at)
    {
        for (var severity = received.Severity; received.OwnCard is null && severity <= Severity.Critical; severity++)
        {
            if (Gathering(TenantScopeKeyUpTo(severity), at) is { } storm)
                return storm;
        }
        return null;
    }

    /// <summary>One of its alerts fires, and no later incident has taken it over.</summary>
    public bool StillFires(Incident incident) => incident.FiringAlerts.Any(alert => IncidentByAlert.GetValueOrDefault(alert) == incident.Id);

    public static string KeyOf(IncidentOpened opened) => opened.Scope switch
    {
        IncidentScope.One => opened.CorrelationKey,
        IncidentScope.Cause => CauseScopeKey(opened.CauseKey),
        _ => opened.GathersUpTo is { } severity ? TenantScopeKeyUpTo(severity) : TenantScopeKey,
    };

    private const string TenantScopeKey = "*";

    private static string TenantScopeKeyUpTo(Severity severity) => $"*\u0001{severity}";

    private static string CauseScopeKey(string causeKey) => "*" + causeKey;

    public TenantState Apply(LedgerEntry entry)
    {
        if (entry.Tenant != Tenant || entry.Seq != Seq + 1)
            throw new InvalidOperationException($"State of {Tenant} is at {Seq}; entry {entry.Seq} of {entry.Tenant} does not follow.");
        var next = entry.Fact switch
        {
            EventReceived received => Receive(entry, received),
            IncidentOpened opened => Open(entry, opened),
            RoleAssigned role => AssignRole(role),
            AbsenceSet set => this with
            {
                Absences = Absences.SetItem(set.ObjectId, new(
                    new(ActorKind.Person, set.ObjectId, set.Name), set.From, set.Until,
                    set.DelegateId is { } id ? new(ActorKind.Person, id, set.DelegateName ?? id) : null, set.Reason)),
                Incidents = Touched(entry.Seq, static incident => incident.IsUndecided),
            },
            AbsenceEnded ended => this with { Absences = Absences.Remove(ended.ObjectId), Incidents = Touched(entry.Seq, static incident => incident.IsUndecided) },
            ChannelLinked linked => this with
            {
                Channels = Channels.SetItem(linked.Channel.ConversationId, linked),
                LostChannels = LostChannels.Remove(linked.Channel.ConversationId),
                BeganWithList = ToShowIn(linked).Skip(MostPostedAtOnce).Any()
                    ? BeganWithList.Add(linked.Channel.ConversationId)
                    : BeganWithList.Remove(linked.Channel.ConversationId),
                LinkedSince = LinkedSince.SetItem(linked.Channel.ConversationId, entry.Seq),
                Digests = Digests.SetItem(
                    linked.Channel.ConversationId,
                    new(entry.ByClock, entry.Seq, Intake.Digested, Digests.GetValueOrDefault(linked.Channel.ConversationId)?.Version ?? 0)),
            },
            DigestSending digest => this with { Digests = Digests.SetItem(digest.ConversationId, new(digest.Due, digest.Through, digest.Digested, entry.Version) { Before = Digests.GetValueOrDefault(digest.ConversationId) is { } mark ? mark with { Before = null } : null }) },
            MessageSent { Purpose: DigestSending.Purpose, Outcome: MessageOutcome.NotSent } sent when Digests.GetValueOrDefault(sent.ConversationId) is { Before: { } before } mark =>
                this with { Digests = Digests.SetItem(sent.ConversationId, before with { Version = mark.Version }) },
            ChannelUnlinked unlinked => this with
            {
                Channels = Channels.Remove(unlinked.ConversationId),
                LostChannels = unlinked.Lost == true && Channels.GetValueOrDefault(unlinked.ConversationId) is { } lost
                    ? LostChannels.SetItem(unlinked.ConversationId, lost)
                    : LostChannels.Remove(unlinked.ConversationId),
            },
            FreezeSet set => Frozen(new(entry.Actor, entry.ByClock, set.Reason, set.Cause)) with { Incidents = Touched(entry.Seq, incident => incident.CanBeFrozen(entry.ByClock)) },
            SwitchThrown thrown => this with { SwitchedOff = new(entry.ByClock, thrown.Why), Incidents = Touched(entry.Seq, incident => incident.CanBeFrozen(entry.ByClock)) },
            SwitchLifted thrown => Lifted(entry, thrown),
            ErasureCompleted erased => this with { Incidents = Touched(entry.Seq, incident => incident.Concerns(erased)) },
            FreezeLifted lifted => (lifted.Everything == true ? this with { FrozenWithEverything = null } : this with { OwnFreeze = null })
                with { Incidents = Touched(entry.Seq, incident => incident.CanBeFrozen(entry.ByClock)) },
            _ => OfIncident(entry),
        };
        return next with
        {
            Seq = entry.Seq,
            Watch = Watch.Apply(entry, next.Find),
            Calls = entry.Fact is StepStarted step && ActionOf(next.Find(step.IncidentId), step) is { } action ? Calls.With(action, entry.ByClock) : Calls,
            Versions = entry.Stream.Value.Contains('/', StringComparison.Ordinal) ? Versions : Versions.SetItem(entry.Stream, entry.Version),
        };
    }

    private static string? ActionOf(Incident? incident, StepStarted step)
    {
        var run = incident?.Undo?.ExecutionId == step.ExecutionId ? incident.Undo : incident?.Execution;
        if (run?.ExecutionId != step.ExecutionId || run.Plan.Steps.ElementAtOrDefault(step.Step) is not { } planned)
            return null;
        return step.Rollback ? planned.Rollback : planned.Action;
    }

    private TenantState Frozen(Freeze freeze) =>
        freeze.Cause == FreezeCause.Everything ? this with { FrozenWithEverything = freeze } : this with { OwnFreeze = freeze };

    /// <summary>What waited without a card comes as a list where it is much, as when a conversation is linked.</summary>
    private TenantState Lifted(LedgerEntry entry, SwitchLifted lifted)
    {
        var waited = Incidents.Values.Where(static incident => incident.IsOpen && incident.Cards.IsEmpty).ToList();
        var touched = Touched(entry.Seq, incident => incident.CanBeFrozen(entry.ByClock));
        return this with
        {
            SwitchedOff = null,
            LastStop = new(lifted.Since, entry.ByClock, entry.Seq),
            Incidents = waited.Count <= MostPostedAtOnce ? touched : touched.SetItems(waited.Select(incident =>
                KeyValuePair.Create(incident.Id, touched[incident.Id] with { ListedSeq = entry.Seq }))),
        };
    }

    private TenantState AssignRole(RoleAssigned role)
    {
        var key = (role.ObjectId, role.Role);
        return role.Held
            ? this with { Roles = Roles.SetItem(key, role.Name), RolesTaken = RolesTaken.Remove(key) }
            : this with { Roles = Roles.Remove(key), RolesTaken = RolesTaken.Add(key) };
    }

    private TenantState Receive(LedgerEntry entry, EventReceived received)
    {
        var seq = entry.Seq;
        var counted = this with { Intake = Intake with { Received = Intake.Received + 1 } };
        var before = LastWords.GetValueOrDefault(received.AlertKey);
        if (before?.Outdates(received) == true)
        {
            return counted with
            {
                LastWords = LastWords.SetItem(received.AlertKey, before.After(received)),
                Intake = counted.Intake with { Digested = counted.Intake.Digested + 1 },
            };
        }
        counted = counted with { LastWords = LastWords.SetItem(received.AlertKey, AlertWord.Of(before, seq, received, entry.At)) };
        if (received.Status == EventStatus.Resolved)
            return counted.Resolve(entry, received);
        if (OpenIncidentFor(received, entry.ByClock) is { } open)
            return counted.Attach(open, seq, received, entry.ByClock);
        return received.Severity == Severity.Info
            ? counted with { Intake = counted.Intake with { Digested = counted.Intake.Digested + 1 } }
            : counted with { Unattached = Unattached.Add(seq, received) };
    }

    /// <summary>The end of an alert that is itself still to be correlated ends it before it began; otherwise it belongs where the alert does.</summary>
    private TenantState Resolve(LedgerEntry entry, EventReceived received)
    {
        var ended = Unattached.OfAlert(received.AlertKey).ToList();
        var incident = IncidentByAlert.GetValueOrDefault(received.AlertKey) is { } id ? Incidents[id] : null;
        var state = this with
        {
            Unattached = ended.Aggregate(Unattached, static (waiting, one) => waiting.Remove(one.Event.EventId)),
            Intake = Intake with { Digested = Intake.Digested + ended.Count },
        };
        return incident is null || (ended.Count > 0 && !incident.IsOpen)
            ? state with { Intake = state.Intake with { Digested = state.Intake.Digested + 1 } }
            : state.Attach(incident, entry.Seq, received, entry.ByClock);
    }

    private TenantState Attach(Incident incident, long seq, EventReceived received, DateTimeOffset at) => this with
    {
        Incidents = Incidents.SetItem(incident.Id, incident.With(seq, received, at, IncidentByAlert.GetValueOrDefault(received.AlertKey) == incident.Id)),
        IncidentByAlert = IncidentByAlert.SetItem(received.AlertKey, incident.Id),
        Intake = Intake with { Folded = Intake.Folded + 1 },
    };

    private TenantState Open(LedgerEntry entry, IncidentOpened opened)
    {
        var incident = new Incident(Tenant, opened.IncidentId, opened, entry.ByClock, entry.Seq, entry.Correlation) { IncidentVersion = entry.Version };
        var state = this with
        {
            LastIncidentNumber = LastIncidentNumber + 1,
            RecentlyOpened = CameUp(opened.IncidentId),
            OpenByKey = OpenByKey.SetItem(KeyOf(opened), opened.IncidentId),
            LastByKey = LastByKey.SetItem(KeyOf(opened), opened.IncidentId),
            Occurrences = Occurrences.Opened(opened, entry.At),
            Incidents = Incidents.SetItem(opened.IncidentId, incident),
        };
        state = state.Gather(entry, opened);
        var opening = state.Incidents[opened.IncidentId];
        return state with { Incidents = state.Incidents.SetItem(opened.IncidentId, opening with { LastSeq = entry.Seq, BegunSinceQuiet = opening.FiringAlerts.IsEmpty ? Incident.NothingBegun : null }) };
    }

    private TenantState OfIncident(LedgerEntry entry)
    {
        var slash = entry.Stream.Value.IndexOf('/', StringComparison.Ordinal);
        // What comes after the slash of other streams is no incident's id, even where it looks like one.
        if (slash < 0 || entry.Stream.Value[..slash] is not ("incident" or "proposal" or "card") || Incidents.GetValueOrDefault(entry.Stream.Value[(slash + 1)..]) is not { } incident)
            return this;
        var next = this with { Incidents = Incidents.SetItem(incident.Id, incident.Apply(entry)) };
        return entry.Fact switch
        {
            IncidentClosed closed => next.Seen(incident.Id).Close(entry, incident, closed),
            IncidentReopened { EventId: not null } => next.Seen(incident.Id).Reopen(incident).Return(entry, incident.Opened),
            IncidentReopened => next.Seen(incident.Id).Reopen(incident),
            UndoFinished => next.Seen(incident.Id),
            _ => next,
        };
    }

    private TenantState Seen(string incidentId) => this with { Occurrences = Occurrences.With(Incidents[incidentId]) };

    /// <summary>It takes what belongs to it again, unless a later one does by now.</summary>
    private TenantState Reopen(Incident incident) => KeyOf(incident.Opened) is var key && OpenByKey.ContainsKey(key) ? this : this with { OpenByKey = OpenByKey.SetItem(key, incident.Id) };

    /// <summary>
    /// Alerts that began while an incident was being closed as resolved were unknown to whoever closed it. They go back to be
    /// correlated, so that the incident which ended does not swallow them.
    /// </summary>
    private TenantState Close(LedgerEntry entry, Incident incident, IncidentClosed closed)
    {
        var key = KeyOf(incident.Opened);
        var state = OpenByKey.GetValueOrDefault(key) == incident.Id ? this with { OpenByKey = OpenByKey.Remove(key) } : this;
        if (closed.Reason != ClosedReasons.Resolved)
            return state;
        var overlooked = Overlooked(incident).OrderBy(static one => one.Seq).ToList();
        if (incident.BegunSinceQuiet is not null)
            state = state with { Incidents = state.Incidents.SetItem(incident.Id, state.Incidents[incident.Id].Without(overlooked)) };
        foreach (var (seq, received) in overlooked)
        {
            var taken = received.EventId == incident.Opened.FirstEventId
                ? state.Intake with { Shown = state.Intake.Shown - 1 }
                : state.Intake with { Folded = state.Intake.Folded - 1 };
            state = state with { Intake = taken };
            state = state.OpenIncidentFor(received, entry.ByClock) is { } other
                ? state.Attach(other, seq, received, entry.ByClock)
                : state with { Unattached = state.Unattached.Add(seq, received) };
        }
        return state;
    }

    /// <summary>The newest event of every alert that still fires. Without a time when none did, nobody should have closed it; then it is told from what is remembered.</summary>
    private static IEnumerable<(long Seq, EventReceived Event)> Overlooked(Incident incident) => incident.BegunSinceQuiet?.Values ?? incident.RecentEvents
        .Where(recent => recent.Event is { Status: EventStatus.Firing, Severity: > Severity.Info } && incident.FiringAlerts.Contains(recent.Event.AlertKey))
        .GroupBy(static recent => recent.Event.AlertKey)
        .Select(static ofAlert => ofAlert.MaxBy(static recent => recent.Seq));

    /// <summary>What concerns an incident without an entry of its own, as a freeze does; its cards are drawn anew.</summary>
    private ImmutableDictionary<string, Incident> Touched(long seq, Func<Incident, bool> concerned) => Incidents.SetItems(Incidents
        .Where(pair => concerned(pair.Value))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { LastSeq = seq })));
}

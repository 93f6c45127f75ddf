using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Snapshots;

/// <summary>
/// A client's record as it may have come about, drawn from a seed: alerts begin and end, incidents open, wait, run, are undone, closed and
/// opened again, with cards, people, freezes and polls between.
/// </summary>
internal sealed class GeneratedHistory(ILedger ledger, ManualClock clock, int seed)
{
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly ConversationId Channel = Conversation("19:general@thread.tacv2");
    private static readonly string[] Kinds = ["DiskSpaceLow", "ServiceDown", "BackupFailed", "LoginFailed"];
    private static readonly Actor Self = Actor.Service("test");
    private static readonly Actor[] People = [new(ActorKind.Person, "ana", "Ana Approver"), new(ActorKind.Person, "ben", "Ben Builder")];

    /// <summary>What does not say that something becomes of an incident.</summary>
    private static readonly Fact[] Others =
        [.. EveryFact.All.Where(static fact => fact.GetType().Namespace != typeof(IncidentOpened).Namespace
        && fact is not ErasureCompleted && CoreFeatures.Catalog.GetPlan(fact).GetSubject(fact) is null)];

    private readonly Random random = new(seed);
    private readonly TenantStates whole = new(ledger, CoreFeatures.Catalog);
    private int events;

    /// <summary>The state of which nothing ever leaves.</summary>
    public async Task<TenantState> WholeAsync() => await whole.GetAsync(Contoso, CancellationToken.None);

    /// <summary>Goes on for so many acts, of which each is one append.</summary>
    public async Task GoOnAsync(int acts)
    {
        for (var act = 0; act < acts; act++)
        {
            clock.Advance(TimeSpan.FromSeconds(random.Next(1, 900)));
            await ActAsync(await WholeAsync());
        }
    }

    private Task ActAsync(TenantState state) => random.Next(100) switch
    {
        < 25 => FireAsync(),
        < 40 => EndAsync(state),
        < 55 => OpenAsync(state),
        < 92 => OnIncidentAsync(state),
        < 94 => AppendAsync(StreamId.Access, GetRole(Pick(People))),
        < 95 => AppendAsync(StreamId.Channels, Linked()),
        < 96 => AppendAsync(StreamId.Freeze, state.Freeze is null ? new FreezeSet("moving") : new FreezeLifted(null)),
        < 97 => AppendAsync(StreamId.Access,
            new AbsenceSet("ana", "Ana Approver", clock.GetUtcNow(), clock.GetUtcNow().AddDays(1), "ben", "Ben Builder", "ill")),
        < 99 => PollAsync(state),
        _ => AppendAsync(new StreamId("every/other"), Pick(Others)),
    };

    private RoleAssigned GetRole(Actor person) => new(person.Id, person.Name, Pick(Enum.GetValues<Role>()), random.Next(3) > 0);

    private Task FireAsync()
    {
        var (kind, device) = (Pick(Kinds), $"srv{random.Next(40):D2}");
        return AppendAsync(StreamId.Event($"E-{++events}"), Event(kind, device, EventStatus.Firing));
    }

    private Task EndAsync(TenantState state)
    {
        var firing = state.LastWords.Where(static word => word.Value.Status == EventStatus.Firing).Select(static word => word.Key)
            .Order(StringComparer.Ordinal).ToList();
        if (firing.Count == 0)
            return FireAsync();
        var alert = Pick(firing).Split('/');
        return AppendAsync(StreamId.Event($"E-{++events}"), Event(alert[0], alert[1], EventStatus.Resolved));
    }

    private Task OpenAsync(TenantState state)
    {
        var waiting = state.Unattached.All.OrderBy(static one => one.Seq).ToList();
        if (waiting.Count == 0)
            return FireAsync();
        var first = Pick(waiting).Event;
        var scope = random.Next(12) == 0 ? IncidentScope.Cause : IncidentScope.One;
        var opened = StormPolicy.Open(Con(state.LastIncidentNumber + 1), first, scope, TimeSpan.FromHours(1));
        var returning = ReturnPolicy.Returning(
            state.Get<IncidentsState>().LastLike(opened) is { } last ? state.Find(last) : null, clock.GetUtcNow(), TimeSpan.FromHours(1));
        return returning is null
            ? AppendAsync(StreamId.Incident(opened.IncidentId), opened)
            : AppendAsync(StreamId.Incident(returning.Id), new IncidentReopened(returning.Id) { EventId = first.EventId });
    }

    /// <summary>An open incident, or now and then one that is long over.</summary>
    private Task OnIncidentAsync(TenantState state)
    {
        var open = state.Incidents.Values.Where(static one => one.IsOpen).OrderBy(static one => one.OpenedSeq).ToList();
        var all = state.Incidents.Values.OrderBy(static one => one.OpenedSeq).ToList();
        if (all.Count == 0)
            return OpenAsync(state);
        return open.Count == 0 || random.Next(25) == 0 ? LateAsync(Pick(all)) : NextAsync(Pick(open));
    }

    private Task LateAsync(Incident incident) => random.Next(3) switch
    {
        0 => AppendAsync(StreamId.Card(incident.Id), new CardUpdated(incident.Id, Channel, "a1", incident.LastSeq)),
        1 when !incident.IsOpen => AppendAsync(StreamId.Incident(incident.Id), new IncidentReopened(incident.Id)),
        _ => AppendAsync(StreamId.Card(incident.Id), new NoticeSending(incident.Id, Channel, incident.Ended.Seq)),
    };

    private Task NextAsync(Incident incident)
    {
        var (id, about, proposal) = (incident.Id, incident.Proposal.Subject, incident.Proposal.Stream);
        var run = $"{id}-x1";
        if (random.Next(6) == 0)
            return CardAsync(incident);
        return incident switch
        {
            { Draft: null } => AppendAsync(proposal, Draft(about, Pick(Kinds))),
            { Staged: null } => AppendAsync(proposal, Staged(incident)),
            { Phase: ProposalPhase.Waiting } => DecideAsync(incident),
            { Phase: ProposalPhase.Snoozed } => AppendAsync(proposal, new ProposalReturned(about, 1)),
            { Phase: ProposalPhase.Approved } =>
                AppendAsync(proposal, new ExecutionStarted(about, 1, run, "seal", "one", clock.GetUtcNow().AddMinutes(5), true)),
            { Phase: ProposalPhase.Executing, Execution.Announced.IsEmpty: true } =>
                AppendAsync(proposal, new StepStarted(about, run, 0, false, $"{run}-0")),
            { Phase: ProposalPhase.Executing, Execution.Steps.IsEmpty: true } =>
                AppendAsync(proposal, new StepFinished(about, run, 0, false, $"{run}-0", StepOutcome.Applied, "done")),
            { Phase: ProposalPhase.Executing } => FinishAsync(incident, run),
            _ => AppendAsync(StreamId.Incident(id),
                new IncidentClosed(id, incident.FiringAlerts.IsEmpty ? ClosedReasons.Resolved : "handled")),
        };
    }

    private Task DecideAsync(Incident incident)
    {
        var (about, proposal) = (incident.Proposal.Subject, incident.Proposal.Stream);
        var kind = Pick(Enum.GetValues<DecisionKind>());
        var decided = new ProposalDecided(
            about, 1, kind, "seal", "because", null, clock.GetUtcNow().AddHours(1), kind != DecisionKind.Snooze && random.Next(4) > 0)
        {
            Owed = kind == DecisionKind.Approve && random.Next(6) == 0 ? new(1, clock.GetUtcNow().AddHours(4)) : null,
        };
        return random.Next(8) switch
        {
            0 => AppendAsync(proposal, new ProposalExpired(about, 1)),
            1 => AppendAsync(proposal, new ProposalEscalated(about, 1, Role.Manager)),
            _ => AppendAsync(proposal, decided, Pick(People)),
        };
    }

    private Task FinishAsync(Incident incident, string run)
    {
        var outcome = Pick(Enum.GetValues<ExecutionOutcome>());
        var finished = new ExecutionFinished(
            incident.Proposal.Subject, run, outcome, "it ended", [new("disk", "full", "free")], false,
            outcome == ExecutionOutcome.Verified ? clock.GetUtcNow().AddHours(8) : null);
        return AppendAsync(incident.Proposal.Stream, finished);
    }

    private Task CardAsync(Incident incident)
    {
        var (id, stream) = (incident.Id, StreamId.Card(incident.Id));
        return incident.Cards.GetValueOrDefault(Channel) switch
        {
            null => AppendAsync(stream, new CardSending(id, Channel)),
            { ActivityId: null } =>
                AppendAsync(stream, new CardPosted(id, Channel, "https://smba", Conversation("thread"), "a1", incident.LastSeq, false)),
            _ => AppendAsync(stream, new CardUpdated(id, Channel, "a1", incident.LastSeq)),
        };
    }

    private Task PollAsync(TenantState state)
    {
        var ours = state.Watch.ClaimedOrder.TakeLast(1).Select(static run => new SeenOperation($"{run}-0", $"line of {run}")).ToList();
        return AppendAsync(StreamId.Poll("sandbox"), new PollAdvanced("sandbox", null, $"{events}", ours.Count, ours, false));
    }

    private EventReceived Event(string kind, string device, EventStatus status) => new(
        $"E-{events}", "alerts", $"source {events}", status, Pick(Enum.GetValues<Severity>()), kind, device, $"{kind} on {device}",
        "at length", $"{kind}/{device}", $"{kind}/{device}", kind, clock.GetUtcNow(), false,
        new Dictionary<string, string> { ["severity"] = "as sent" });

    private static ChannelLinked Linked() => new(new(Channel, "channel", "https://smba", new("directory"), "team", "General"));

    private static Plan GetPlan(string kind) => new([new(
        $"Clean up for {kind}", "clean", new("sandbox", "device", "d1", "srv01", "Contoso"),
        new Dictionary<string, string> { ["path"] = "/tmp" }, "rm", [], [new("disk", ">", "90")], [new("disk", "<", "90")], "restore")]);

    private static RecommendationDrafted Draft(ProposalSubject id, string kind) => new(
        id, 1, "runbook disk v1", "clean up", "it is full", [new("seen", 1)], GetPlan(kind), Risk.Low, null,
        new Dictionary<string, string> { ["srv01 disk"] = "95" }, false);

    private ProposalStaged Staged(Incident incident)
    {
        var terms = new GateTerms(Pick(Enum.GetValues<GateLevel>()), ["by the rules"], Role.Approver, 1, true,
            clock.GetUtcNow().AddHours(4), null, Role.Manager, "p1");
        return new(incident.Proposal.Subject, 1, ProposalKind.Remedy, Self, incident.Draft!.Plan, new Dictionary<string, string>(), terms,
            false, "seal", "nonce")
        {
            Severity = incident.Severity,
        };
    }

    private async Task AppendAsync(StreamId stream, Fact fact, Actor? by = null) =>
        (await ledger.AppendAsync(Contoso, [], [new(stream, by ?? Self, CorrelationId.Parse($"c{events}"), fact)],
            CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();

    private T Pick<T>(IReadOnlyList<T> among) => among[random.Next(among.Count)];
}

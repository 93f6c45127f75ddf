using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Incidents;

public sealed class IncidentsFollowerTests
{
    private static readonly IncidentId First = Con(1001);

    [Fact]
    public async Task The_end_of_one_part_s_alert_does_not_end_another_s_though_the_source_has_one_key_for_both()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(For("C"), For("D"));
        await world.FollowAsync();
        await world.ReceiveAsync(For("C") with { Status = EventStatus.Resolved });
        await world.FollowAsync();
        var incidents = world.State.Incidents.Values.OrderBy(incident => incident.Id).ToList();
        incidents.Select(incident => incident.IsOpen).ShouldBe([false, true]);
        incidents[1].FiringAlerts.Count.ShouldBe(1);

        static ConnectorEvent For(string volume) => AnEvent.Firing("DiskSpaceLow", "srv", alert: "diskspacelow|srv") with
        {
            Attributes = new Dictionary<string, string> { ["volume"] = volume }, KeyIsCoarse = true,
        };
    }

    [Fact]
    public async Task An_event_opens_an_incident_and_the_next_like_it_folds_into_it()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", severity: Severity.Warning));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Firing("disk", "SRV1.contoso.local", severity: Severity.Critical, alert: "other"));
        await world.FollowAsync();

        var incident = world.State.Incidents.Values.Single();
        (incident.Id, incident.EventCount, incident.Severity, incident.FiringAlerts.Count).ShouldBe((First, 2, Severity.Critical, 2));
        world.State.Intake.ShouldBe(new(2, 1, 1, 0));
        var opened = world.Ledger.Entries(IntakeWorld.Contoso).Single(entry => entry.Fact is IncidentOpened);
        (opened.Causation, opened.Correlation.Value,
            opened.Actor).ShouldBe((1, "00000000000000000000000000000001", Actor.Service("incidents")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_incident_that_no_runbook_fits_says_too_whether_it_is_a_simulation(bool simulated)
    {
        using var world = new IntakeWorld();
        await world.Mediator.Send(
            new ReceiveEvents(IntakeWorld.Contoso, "contoso-sandbox", simulated, [AnEvent.Firing("Disk", "srv1")],
            CorrelationId.Parse("c0ffee")),
            TestContext.Current.CancellationToken);
        await world.FollowAsync();
        world.Ledger.Facts<IncidentOpened>(IntakeWorld.Contoso).ShouldHaveSingleItem().Simulated.ShouldBe(simulated ? true : null);
        world.State.Incidents.Values.Single().Simulated.ShouldBe(simulated);
    }

    [Fact]
    public async Task Information_opens_nothing_but_is_counted()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Backup", "srv1", severity: Severity.Info));
        await world.FollowAsync();
        world.State.Incidents.ShouldBeEmpty();
        world.State.Intake.ShouldBe(new(1, 0, 0, 1));
    }

    [Fact]
    public async Task Entries_handed_over_again_change_nothing()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        var before = world.Ledger.Entries(IntakeWorld.Contoso);
        foreach (var entry in before)
            await world.RedeliverAsync(entry);
        world.Ledger.Entries(IntakeWorld.Contoso).Count.ShouldBe(before.Count);
    }

    [Fact]
    public async Task The_end_of_the_last_alert_closes_the_incident_and_withdraws_what_nobody_decided()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", alert: "a"), AnEvent.Firing("Disk", "srv1", alert: "b"));
        await world.FollowAsync();
        await StageAsync(world, GateLevel.L2);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1", "a"));
        await world.FollowAsync();
        world.State.Find(First)!.IsOpen.ShouldBeTrue("another of its alerts still fires");

        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1", "b"));
        await world.FollowAsync();

        var incident = world.State.Find(First)!;
        (incident.IsOpen, incident.ClosedReason, incident.Phase).ShouldBe((false, "resolved", ProposalPhase.Withdrawn));
        world.Ledger.Facts<ProposalWithdrawn>(IntakeWorld.Contoso).Single().Revision.ShouldBe(1);
    }

    [Fact]
    public async Task The_end_of_an_alert_that_nobody_knows_changes_nothing()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.Ledger.Entries(IntakeWorld.Contoso).Count.ShouldBe(1);
        world.State.Intake.ShouldBe(new(1, 0, 0, 1));
    }

    [Fact]
    public async Task The_end_of_an_alert_that_waits_to_be_correlated_leaves_nothing_to_open()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"), AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.State.Incidents.ShouldBeEmpty();
        world.State.Intake.ShouldBe(new(2, 0, 0, 2));
    }

    [Fact]
    public async Task An_alert_that_fires_and_ends_again_before_it_is_correlated_does_not_stay_behind()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"), AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.State.Incidents.Count.ShouldBe(1);
        world.State.Unattached.Count.ShouldBe(0);
    }

    [Fact]
    public async Task An_incident_opened_while_its_alert_ended_is_closed_again()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", "s1"));
        var received = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Single();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.AppendAsync(StreamId.Incident(First), StormPolicy.Open(First, received, IncidentScope.One));
        await world.FollowAsync();
        world.State.Find(First)!.IsOpen.ShouldBeFalse();
        Balanced(world.State);
    }

    [Fact]
    public async Task An_incident_opened_again_takes_what_fires_again_and_is_closed_again_with_the_end_of_its_alert()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", "s1"));
        await world.FollowAsync();
        await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, "verified"));
        await world.AppendAsync(StreamId.Incident(First), new IncidentReopened(First));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", "s2"));
        await world.FollowAsync();
        world.State.Incidents.Keys.ShouldBe([First]);
        Balanced(world.State);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.State.Find(First)!.ClosedReason.ShouldBe(ClosedReasons.Resolved);
        world.State.OpenByKey.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_incident_opened_again_while_its_alert_ended_is_closed_again()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", "s1"));
        await world.FollowAsync();
        await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, "verified"));
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        await world.AppendAsync(StreamId.Incident(First), new IncidentReopened(First));
        await world.FollowAsync();
        world.State.Find(First)!.IsOpen.ShouldBeFalse();
        Balanced(world.State);
    }

    [Fact]
    public async Task An_alert_that_begins_while_its_incident_is_being_closed_opens_it_again()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", alert: "a"));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1", "a"));
        // Whoever closes has not seen this one, which the ledger took in between.
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", alert: "b"));
        await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, ClosedReasons.Resolved));
        Balanced(world.State);
        await world.FollowAsync();

        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.EventCount, incident.Beginnings, incident.RecentEvents.Length).ShouldBe(
            (true, 3, 2, 3), "what was on its way is not told twice");
        incident.FiringAlerts.ShouldBe(["contoso-alertmanager:b"]);
        Balanced(world.State);
    }

    [Fact]
    public async Task However_many_alerts_begin_while_their_incident_is_being_closed_none_goes_down_with_it()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", alert: "a"));
        await world.FollowAsync();
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1", "a"));
        await world.ReceiveAsync([.. Enumerable.Range(0, 50).Select(n => AnEvent.Firing("Disk", "srv1", alert: $"b{n}"))]);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1", "b3"));
        await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, ClosedReasons.Resolved));
        Balanced(world.State);
        await world.FollowAsync();

        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.FiringAlerts.Count, incident.EventCount).ShouldBe((true, 49, 53));
        Balanced(world.State);
    }

    [Theory]
    [InlineData(GateLevel.L0)]
    [InlineData(GateLevel.L1)]
    public async Task What_was_let_through_is_left_to_run_and_the_end_of_the_run_closes_the_incident(GateLevel level)
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        await world.FollowAsync();
        await StageAsync(world, level);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.State.Find(First)!.IsOpen.ShouldBeTrue();

        await FinishAsync(world, ExecutionOutcome.Drifted);
        await world.FollowAsync();
        (world.State.Find(First)!.IsOpen, world.State.Find(First)!.Phase).ShouldBe((false, ProposalPhase.Withdrawn));
    }

    [Fact]
    public async Task An_unknown_outcome_stays_open_for_a_person_whatever_the_alert_says()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        await world.FollowAsync();
        await StageAsync(world, GateLevel.L1);
        await FinishAsync(world, ExecutionOutcome.Unknown);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        world.State.Find(First)!.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task An_approval_that_is_faster_than_the_end_of_the_alert_stands()
    {
        InMemoryLedgerRace? race = null;
        using var world = new IntakeWorld(ledger => race = new(ledger));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        await world.FollowAsync();
        await StageAsync(world, GateLevel.L2);
        await world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        race!.Before = () => world.AppendAsync(
            StreamId.Proposal(First), new ProposalDecided(First, 1, DecisionKind.Approve, "seal", null, null, null, true));
        await world.FollowAsync();

        (world.State.Find(First)!.IsOpen, world.State.Find(First)!.Phase).ShouldBe((true, ProposalPhase.Approved));
        world.Ledger.Facts<ProposalWithdrawn>(IntakeWorld.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Someone_faster_with_the_same_number_means_opening_under_the_next()
    {
        InMemoryLedgerRace? race = null;
        using var world = new IntakeWorld(ledger => race = new(ledger));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"), AnEvent.Firing("Service", "srv2"));
        var other = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso)[1];
        race!.Before = () => world.AppendAsync(StreamId.Incident(First), StormPolicy.Open(First, other, IncidentScope.One));
        await world.FollowAsync();

        world.State.Find(First)!.Opened.Kind.ShouldBe("Service");
        world.State.Find(Con(1002))!.Opened.Kind.ShouldBe("Disk");
        world.State.Incidents.Count.ShouldBe(2);
    }

    internal static void Balanced(TenantState state)
    {
        var (received, shown, folded, digested) = state.Intake;
        (shown + folded + digested + state.Unattached.Count).ShouldBe(received);
        // Asked after each step of a property: an expression would be compiled each time, which takes longer than all the rest.
        state.Unattached.All.Where(waiting => state.OpenIncidentFor(waiting.Event, DateTimeOffset.MinValue) is not null).ShouldBeEmpty();
    }

    private static async Task StageAsync(IntakeWorld world, GateLevel level)
    {
        var terms = new GateTerms(level, [], Role.Approver, 1, false, world.Clock.GetUtcNow().AddHours(1), null, null, "test");
        await world.AppendAsync(StreamId.Proposal(First), new ProposalStaged(
            First, 1, ProposalKind.Remedy, Actor.Service("drafting"), Plan.Empty, new Dictionary<string, string>(), terms, false,
            "seal", "nonce"));
    }

    private static async Task FinishAsync(IntakeWorld world, ExecutionOutcome outcome)
    {
        await world.AppendAsync(StreamId.Proposal(First),
            new ExecutionStarted(First, 1, First + "-x1", "seal", "test", world.Clock.GetUtcNow()));
        await world.AppendAsync(StreamId.Proposal(First), new ExecutionFinished(First, First + "-x1", outcome, "", [], false, null));
    }
}

/// <summary>Lets somebody else be faster, once.</summary>
internal sealed class InMemoryLedgerRace(ILedger inner) : ILedger
{
    public Func<Task>? Before { get; set; }

    public async ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        if (Before is { } other)
        {
            Before = null;
            await other();
        }
        return await inner.AppendAsync(tenant, expected, entries, cancellationToken);
    }

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) => inner.HeadAsync(tenant, cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
        TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) =>
        inner.ReadAsync(tenant, afterSeq, limit, cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
        inner.ReadStreamAsync(tenant, stream, cancellationToken);

    public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
        inner.WaitPastAsync(tenant, afterSeq, cancellationToken);
}

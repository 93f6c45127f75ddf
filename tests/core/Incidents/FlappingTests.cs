using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>An alert that ends and fires again is one incident, as long as nobody and nothing but the alert itself ended it.</summary>
public sealed class FlappingTests
{
    private static readonly IncidentId First = Con(1001);

    [Fact]
    public async Task An_alert_that_fires_and_ends_sixteen_times_is_one_incident_that_counts_them()
    {
        using var world = new IntakeWorld();
        for (var round = 1; round <= 16; round++)
        {
            await SayAsync(world, AnEvent.Standing(round));
            var now = world.State.Incidents.Values.ShouldHaveSingleItem();
            (now.IsOpen, now.Phase, now.Beginnings, now.Severity).ShouldBe((true, ProposalPhase.Drafting, round, Severity.Error));
            world.Clock.Advance(TimeSpan.FromMinutes(2));
            await SayAsync(world, AnEvent.Standing(round, until: round + 0.5));
            world.State.Find(First)!.EndedByItself.ShouldBeTrue();
            world.Clock.Advance(TimeSpan.FromMinutes(14));
        }
        var reopened = world.Ledger.Entries(IntakeWorld.Contoso).Where(static entry => entry.Fact is IncidentReopened).ToList();
        reopened.Count.ShouldBe(15);
        reopened.ShouldAllBe(
            entry => entry.Stream == StreamId.Incident(First) && entry.Causation != null && entry.Actor == Actor.Service("incidents"));
        world.State.Intake.ShouldBe(new(32, 1, 31, 0));
        foreach (var entry in world.Ledger.Entries(IntakeWorld.Contoso))
            await world.RedeliverAsync(entry);
        world.Ledger.Facts<IncidentReopened>(IntakeWorld.Contoso).Count.ShouldBe(15);
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(16, 2)]
    public async Task What_was_quiet_for_longer_than_a_storm_may_be_is_a_new_incident(int minutes, int incidents)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        world.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        world.State.Incidents.Count.ShouldBe(incidents);
    }

    [Fact]
    public async Task A_bot_that_was_down_when_it_fired_again_goes_by_when_it_was_recorded()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        world.Clock.Advance(TimeSpan.FromHours(5));
        await world.FollowAsync();
        world.State.Incidents.Values.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    public static TheoryData<string> Ends => ["rejected", "handled", "verified", "failed", "approved", "drifted-after-approval"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_somebody_decided_or_what_ran_is_over_and_the_alert_is_a_new_incident(string end)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await StageAsync(world, GateLevel.L2);
        switch (end)
        {
            case "rejected" or "handled":
                await DecideAsync(world, end == "rejected" ? DecisionKind.Reject : DecisionKind.Handled);
                await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, end));
                break;
            case "approved":
                await DecideAsync(world, DecisionKind.Approve);
                await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, ClosedReasons.Resolved));
                break;
            case "drifted-after-approval":
                await DecideAsync(world, DecisionKind.Approve);
                await RunAsync(world, ExecutionOutcome.Drifted);
                break;
            default:
                await RunAsync(world, end == "verified" ? ExecutionOutcome.Verified : ExecutionOutcome.Failed);
                if (end == "verified")
                    await world.AppendAsync(StreamId.Incident(First), new IncidentClosed(First, end));
                break;
        }
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        world.State.Find(First)!.IsOpen.ShouldBeFalse();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        world.State.Incidents.Count.ShouldBe(2);
        world.Ledger.Facts<IncidentReopened>(IntakeWorld.Contoso).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DecisionKind.Snooze)]
    [InlineData(DecisionKind.Approve)]
    public async Task A_snooze_or_the_first_of_two_approvals_ends_nothing_and_counts_for_nothing_when_it_fires_again(DecisionKind kind)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await StageAsync(world, GateLevel.L2);
        await DecideAsync(world, kind, complete: false);
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        var again = world.State.Incidents.Values.ShouldHaveSingleItem();
        (again.IsOpen, again.IsUndecided, again.IsToBeDraftedAnew, again.Proposal.SnoozedUntil).ShouldBe((true, false, true, null));
        await StageAsync(world, GateLevel.L2, revision: 2);
        (world.State.Find(First)!.IsUndecided, world.State.Find(First)!.Decisions.Length,
            world.State.Find(First)!.Proposal.EarlierDecisions.Length).ShouldBe((true, 0, 1));
    }

    [Fact]
    public async Task Two_alerts_of_one_thing_that_flap_in_turns_are_one_incident()
    {
        using var world = new IntakeWorld();
        for (var round = 1; round <= 3; round++)
        {
            await SayAsync(world, AnEvent.Standing(round, severity: Severity.Warning));
            await SayAsync(world, AnEvent.Standing(round, severity: Severity.Critical));
            await SayAsync(world, AnEvent.Standing(round, until: round + 0.2, severity: Severity.Warning));
            await SayAsync(world, AnEvent.Standing(round, until: round + 0.3, severity: Severity.Critical));
        }
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.FiringAlerts.Count, incident.EventCount).ShouldBe((false, 0, 12));
        incident.Beginnings.ShouldBe(5, "each alert came back twice");
    }

    [Fact]
    public async Task It_is_as_severe_as_what_fires_now_and_what_is_worse_raises_it_again()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Standing(1, severity: Severity.Critical));
        await SayAsync(world, AnEvent.Standing(1, until: 2, severity: Severity.Critical));
        world.State.Find(First)!.Severity.ShouldBe(Severity.Critical, "it ended as that");
        await SayAsync(world, AnEvent.Standing(2, severity: Severity.Warning));
        (world.State.Find(First)!.Severity, world.State.Find(First)!.Title).ShouldBe((Severity.Warning, "DiskSpaceLow on srv-file01"));
        world.Ledger.Facts<IncidentRaised>(IntakeWorld.Contoso).ShouldBeEmpty();
        await SayAsync(world, AnEvent.Standing(3, severity: Severity.Critical));
        var raised = world.Ledger.Facts<IncidentRaised>(IntakeWorld.Contoso).ShouldHaveSingleItem();
        (raised.IncidentId, raised.From, raised.To).ShouldBe((First, Severity.Warning, Severity.Critical));
    }

    [Fact]
    public async Task An_alert_that_ends_once_more_before_it_is_opened_again_leaves_it_closed_as_it_was()
    {
        InMemoryLedgerRace? race = null;
        using var world = new IntakeWorld(ledger => race = new(ledger));
        await SayAsync(world, AnEvent.Firing("Disk", "srv1", severity: Severity.Critical));
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1", severity: Severity.Critical));
        race!.Before = () => world.ReceiveAsync(AnEvent.Resolved("Disk", "srv1"));
        await world.FollowAsync();
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.Severity, incident.FiringAlerts.Count).ShouldBe((false, Severity.Critical, 0));
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Fact]
    public async Task Two_instances_that_hear_of_it_at_once_open_it_once()
    {
        InMemoryLedgerRace? race = null;
        using var world = new IntakeWorld(ledger => race = new(ledger));
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        await world.ReceiveAsync(AnEvent.Firing("Disk", "srv1"));
        var fired = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso)[^1];
        race!.Before = () => world.AppendAsync(StreamId.Incident(First), new IncidentReopened(First) { EventId = fired.EventId });
        await world.FollowAsync();
        world.Ledger.Facts<IncidentReopened>(IntakeWorld.Contoso).ShouldHaveSingleItem();
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.Beginnings).ShouldBe((true, 2));
    }

    [Fact]
    public async Task A_storm_that_comes_back_whole_is_the_same_storm_and_one_device_of_it_is_not()
    {
        using var world = new IntakeWorld();
        for (var round = 1; round <= 3; round++)
        {
            await DeliverAsync(world, EventStatus.Firing, Enumerable.Range(0, 8));
            var storm = world.State.Incidents.Values.ShouldHaveSingleItem();
            (storm.IsOpen, storm.Opened.Scope, storm.FiringAlerts.Count, storm.Beginnings).ShouldBe((true, IncidentScope.Cause, 8, round));
            storm.Parts.ByKey.Values.ShouldAllBe(part => part.Firing == 1 && part.Events == round * 2 - 1);
            world.Clock.Advance(TimeSpan.FromMinutes(40));
            await DeliverAsync(world, EventStatus.Resolved, Enumerable.Range(0, 8));
            world.State.Find(First)!.IsOpen.ShouldBeFalse();
            world.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        await DeliverAsync(world, EventStatus.Firing, [3]);
        world.State.Find(Con(1002))!.Opened.Scope.ShouldBe(IncidentScope.One);
        world.State.Find(First)!.IsOpen.ShouldBeFalse();
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Fact]
    public async Task Devices_that_had_cards_of_their_own_and_come_back_at_once_are_a_storm()
    {
        using var world = new IntakeWorld();
        for (var device = 0; device < 10; device++)
        {
            await SayAsync(world, AnEvent.Firing("Link", $"srv{device}"));
            await SayAsync(world, AnEvent.Resolved("Link", $"srv{device}"));
            world.Clock.Advance(TimeSpan.FromSeconds(70));
        }
        for (var device = 0; device < 10; device++)
            await SayAsync(world, AnEvent.Firing("Link", $"srv{device}"));
        world.Ledger.Facts<IncidentReopened>(IntakeWorld.Contoso).Count.ShouldBe(5);
        var storm = world.State.Incidents.Values.Single(static incident => incident.Opened.Scope == IncidentScope.Cause);
        storm.EventCount.ShouldBe(5);
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Fact]
    public async Task Another_device_s_alert_opens_an_incident_of_its_own_whatever_flaps()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Firing("Disk", "srv1"));
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        await SayAsync(world, AnEvent.Firing("Disk", "srv2"), AnEvent.Firing("Memory", "srv1"));
        world.State.Incidents.Count.ShouldBe(3);
        world.State.Find(First)!.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task An_end_that_comes_before_its_beginning_reopens_nothing()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Standing(1));
        await SayAsync(world, AnEvent.Standing(1, until: 2));
        await SayAsync(world, AnEvent.Standing(3, until: 4));
        await SayAsync(world, AnEvent.Standing(3));
        world.State.Incidents.Values.ShouldHaveSingleItem().IsOpen.ShouldBeFalse("both are of an occurrence that is over");
        await SayAsync(world, AnEvent.Standing(5));
        world.State.Incidents.Values.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    private static async Task SayAsync(IntakeWorld world, params ConnectorEvent[] events)
    {
        await world.ReceiveAsync(events);
        await world.FollowAsync();
    }

    private static async Task DeliverAsync(IntakeWorld world, EventStatus status, IEnumerable<int> devices)
    {
        List<ConnectorEvent> events =
            [.. devices.Select(device => AnEvent.Firing("InstanceDown", $"srv{device}") with { Status = status })];
        await world.Mediator.Send(
            new ReceiveEvents(IntakeWorld.Contoso, "contoso-alertmanager", false, events, CorrelationId.Parse("c"),
            Guid.NewGuid().ToString("n")),
            TestContext.Current.CancellationToken);
        await world.FollowAsync();
    }

    private static Task DecideAsync(IntakeWorld world, DecisionKind kind, bool complete = true) => world.AppendAsync(
        StreamId.Proposal(First), new ProposalDecided(
            First, 1, kind, "seal", null, null, kind == DecisionKind.Snooze ? world.Clock.GetUtcNow().AddHours(1) : null, complete));

    private static Task StageAsync(IntakeWorld world, GateLevel level, int revision = 1) =>
        world.AppendAsync(StreamId.Proposal(First), new ProposalStaged(
        First, revision, ProposalKind.Remedy, Actor.Service("drafting"), Plan.Empty, new Dictionary<string, string>(),
        new(level, [], Role.Approver, 1, false, world.Clock.GetUtcNow().AddHours(1), null, null, "p1"), false, "seal", "00"));

    private static async Task RunAsync(IntakeWorld world, ExecutionOutcome outcome)
    {
        await world.AppendAsync(StreamId.Proposal(First),
            new ExecutionStarted(First, 1, First + "-x1", "seal", "test", world.Clock.GetUtcNow()));
        await world.AppendAsync(StreamId.Proposal(First), new ExecutionFinished(First, First + "-x1", outcome, "", [], false, null));
    }
}

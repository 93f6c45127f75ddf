using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>What a source says again in the same words: news when the alert stood otherwise since, else a repetition.</summary>
public sealed class RestatementTests
{
    private static readonly ConnectorEvent Began = AnEvent.Standing(0);
    private static readonly ConnectorEvent Ended = AnEvent.Standing(0, until: 1);

    [Fact]
    public async Task An_alert_that_fires_after_its_end_in_the_same_words_opens_again_and_its_next_end_closes_it()
    {
        using var world = new IntakeWorld();
        for (var round = 1; round <= 4; round++)
        {
            (await SayAsync(world, Began)).ShouldBe([false]);
            Open(world).ShouldBe(1);
            (await SayAsync(world, Began)).ShouldBe([true]);
            (await SayAsync(world, Ended)).ShouldBe([false]);
            Open(world).ShouldBe(0);
            (await SayAsync(world, Ended)).ShouldBe([true]);
            var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
            (incident.Beginnings, incident.EventCount).ShouldBe((round, round * 2));
        }
        Balanced(world.State);
    }

    [Fact]
    public async Task The_same_words_about_an_alert_that_others_hold_open_reopen_it_there()
    {
        using var world = new IntakeWorld();
        var other = AnEvent.Standing(0, severity: Severity.Warning);
        await SayAsync(world, Began, other);
        await SayAsync(world, Ended);
        (await SayAsync(world, Began)).ShouldBe([false]);
        world.State.Incidents.Values.ShouldHaveSingleItem().FiringAlerts.Count.ShouldBe(2);
        await SayAsync(world, AnEvent.Standing(0, until: 1, severity: Severity.Warning));
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended);
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task A_delivery_that_repeats_a_whole_story_adds_nothing()
    {
        using var world = new IntakeWorld();
        (await SayAsync(world, Began, Ended)).ShouldBe([false, false]);
        (await SayAsync(world, Began, Ended)).ShouldBe([true, true]);
        world.State.Intake.Received.ShouldBe(2);
    }

    [Fact]
    public async Task Two_who_say_at_once_that_it_fires_again_say_it_once()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        await SayAsync(world, Ended);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => world.ReceiveAsync(Began))));
        receipts.Count(static one => !one[0].Duplicate).ShouldBe(1);
        world.State.Intake.Received.ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_an_earlier_occurrence_does_not_end_the_next(bool reversed)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        ConnectorEvent[] batch = [Ended, AnEvent.Standing(2)];
        await SayAsync(world, reversed ? [.. batch.Reverse()] : batch);
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended);
        Open(world).ShouldBe(1);
        await SayAsync(world, AnEvent.Standing(2, until: 3));
        Open(world).ShouldBe(0);
        Balanced(world.State);
    }

    [Fact]
    public async Task An_end_that_was_lost_leaves_it_open_and_the_next_beginning_belongs_to_it()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        (await SayAsync(world, AnEvent.Standing(5))).ShouldBe([false]);
        world.State.Incidents.Values.ShouldHaveSingleItem().EventCount.ShouldBe(2);
        await SayAsync(world, AnEvent.Standing(5, until: 6));
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task An_old_beginning_delivered_once_more_opens_nothing_when_a_later_one_has_ended()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        await SayAsync(world, Ended);
        await SayAsync(world, AnEvent.Standing(2));
        await SayAsync(world, AnEvent.Standing(2, until: 3));
        (await SayAsync(world, Began)).ShouldBe([true]);
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task A_source_that_tells_each_thing_once_is_heard_once()
    {
        using var world = new IntakeWorld();
        var fired = AnEvent.Firing("Disk", "srv1", "id-1");
        await SayAsync(world, fired);
        await SayAsync(world, AnEvent.Resolved("Disk", "srv1"));
        (await SayAsync(world, fired)).ShouldBe([true]);
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task A_repetition_after_nobody_decided_is_news_once()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        (await SayAsync(world, Began)).ShouldBe([true]);
        await StageAsync(world, 1);
        await world.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalExpired(Con(1001), 1));
        (await SayAsync(world, Began)).ShouldBe([false]);
        (await SayAsync(world, Began)).ShouldBe([true]);
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.EventCount, incident.Unanswered!.Times).ShouldBe((true, 2, 1));
        await SayAsync(world, Ended);
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_ledger_of_before_closed_as_expired_opens_again_when_it_still_fires()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        await StageAsync(world, 1);
        await world.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalExpired(Con(1001), 1));
        await world.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "expired"));
        (await SayAsync(world, Began)).ShouldBe([false]);
        Open(world).ShouldBe(1);
        world.State.Incidents.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rising_severity_is_said_once_and_its_alert_gives_the_title(bool reversed)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Standing(0, severity: Severity.Warning) with { Title = "C: 10% left" });
        ConnectorEvent[] batch =
        [
            AnEvent.Standing(0, until: 1, severity: Severity.Warning) with { Title = "C: 10% left" },
            AnEvent.Standing(1, severity: Severity.Critical) with { Title = "C: 5% left" },
        ];
        await SayAsync(world, reversed ? [.. batch.Reverse()] : batch);
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.IsOpen, incident.Severity, incident.Title).ShouldBe((true, Severity.Critical, "C: 5% left"));
        var raised = world.Ledger.Facts<IncidentRaised>(IntakeWorld.Contoso).ShouldHaveSingleItem();
        (raised.From, raised.To).ShouldBe((Severity.Warning, Severity.Critical));
        await SayAsync(world, AnEvent.Standing(2, severity: Severity.Warning) with { Title = "C: 9% left" });
        world.State.Incidents.Values.Single().Title.ShouldBe("C: 5% left", "the lesser alert does not take its place while it fires");
        world.Ledger.Facts<IncidentRaised>(IntakeWorld.Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_beginning_first_told_after_its_end_opens_nothing_until_it_is_said_again()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended);
        (await SayAsync(world, Began)).ShouldBe([false]);
        Open(world).ShouldBe(0);
        Balanced(world.State);
        (await SayAsync(world, Began)).ShouldBe([false], "it stands so, whatever came first");
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended);
        Open(world).ShouldBe(0);
        Balanced(world.State);
    }

    [Fact]
    public async Task A_source_whose_clock_was_ahead_and_is_right_again_still_ends_its_alert()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, AnEvent.Standing(24 * 900));
        Open(world).ShouldBe(1);
        await SayAsync(world, AnEvent.Standing(20, until: 21));
        Open(world).ShouldBe(0);
        await SayAsync(world, AnEvent.Standing(22));
        Open(world).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_beginning_at_the_first_or_the_last_time_there_is_is_taken_like_any_other(bool first)
    {
        using var world = new IntakeWorld();
        var time = first ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        var fired = Began with { OccurredAt = time, StandsSince = time };
        (await SayAsync(world, fired)).ShouldBe([false]);
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended with { StandsSince = time });
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_words_at_a_higher_severity_are_news()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began);
        (await SayAsync(world, Began with { Severity = Severity.Critical })).ShouldBe([false]);
        (await SayAsync(world, Began with { Severity = Severity.Critical })).ShouldBe([true]);
        (await SayAsync(world, Began)).ShouldBe([true], "a fall is none");
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.Severity, incident.EventCount).ShouldBe((Severity.Critical, 2));
        world.Ledger.Facts<IncidentRaised>(IntakeWorld.Contoso).ShouldHaveSingleItem().To.ShouldBe(Severity.Critical);
    }

    [Fact]
    public async Task Another_reading_of_what_still_fires_is_shown_and_other_words_are_a_repetition()
    {
        using var world = new IntakeWorld();
        var began = Began with { Title = "C: is 97 % full" };
        await SayAsync(world, began);
        (await SayAsync(world, began with { Title = "C: is 99 % full" })).ShouldBe([false]);
        (await SayAsync(world, began with { Title = "C: is 99 % full" })).ShouldBe([true]);
        (await SayAsync(world, began with { Title = "C: is very full" })).ShouldBe([true]);
        var incident = world.State.Incidents.Values.ShouldHaveSingleItem();
        (incident.Title, incident.EventCount, incident.Beginnings, incident.FiringAlerts.Count).ShouldBe(("C: is 99 % full", 2, 1, 1));
        await SayAsync(world, AnEvent.Standing(3) with { Title = "C: is 98 % full" });
        (await SayAsync(world, began with { Title = "C: is 95 % full" })).ShouldBe([true], "that is what was read of an occurrence before");
        await SayAsync(world, AnEvent.Standing(3, until: 4));
        Open(world).ShouldBe(0);
        (await SayAsync(world, AnEvent.Standing(3, until: 4) with { Title = "C: is 12 % full" })).ShouldBe([true]);
    }

    private static async Task<bool[]> SayAsync(IntakeWorld world, params ConnectorEvent[] events)
    {
        var receipts = await world.ReceiveAsync(events);
        await world.FollowAsync();
        return [.. receipts.Select(static receipt => receipt.Duplicate)];
    }

    private static Task StageAsync(IntakeWorld world, int revision) => world.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalStaged(
        Con(1001), revision, ProposalKind.Remedy, Actor.Service("drafting"), DevOpsAI.Connections.Plans.Plan.Empty,
        new Dictionary<string, string>(),
        new(GateLevel.L3, [], Role.Approver, 1, false, world.Clock.GetUtcNow().AddHours(1), null, null, "p1"), false, "5ea1", "00"));

    private static int Open(IntakeWorld world) => world.State.Incidents.Values.Count(static incident => incident.IsOpen);

    private static void Balanced(TenantState state) =>
        state.Intake.Received.ShouldBe(state.Intake.Shown + state.Intake.Folded + state.Intake.Digested + state.Unattached.Count);
}

using System.Diagnostics;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Core.Incidents;

public sealed class StormTests
{
    [Fact]
    public async Task The_sixth_device_with_one_cause_within_a_minute_makes_one_incident_of_the_rest()
    {
        using var world = new IntakeWorld();
        for (var device = 0; device < 30; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Disk", $"srv{device}"));
            await world.FollowAsync();
        }
        var storm = world.State.Incidents.Values.Single(incident => incident.Opened.Scope == IncidentScope.Cause);
        world.State.Incidents.Count.ShouldBe(6);
        (storm.Id, storm.EventCount, storm.Opened.Device, storm.Devices.Count).ShouldBe(("CON-1006", 25, null, 25));
        world.State.Intake.ShouldBe(new(30, 6, 24, 0));
    }

    [Fact]
    public async Task Twenty_incidents_within_a_minute_make_the_next_gather_everything()
    {
        using var world = new IntakeWorld();
        for (var kind = 0; kind < 40; kind++)
        {
            await world.ReceiveAsync(AnEvent.Firing($"Kind{kind}", "srv"));
            await world.FollowAsync();
        }
        world.State.Incidents.Count.ShouldBe(21);
        world.State.Find("CON-1021")!.Opened.Scope.ShouldBe(IncidentScope.Tenant);
        world.State.Find("CON-1021")!.EventCount.ShouldBe(20);
    }

    [Fact]
    public async Task Incidents_that_open_slowly_or_were_closed_are_no_storm()
    {
        using var world = new IntakeWorld();
        for (var device = 0; device < 10; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Slow", $"srv{device}"));
            await world.FollowAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(20));
        }
        for (var device = 0; device < 10; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Flapping", $"srv{device}"));
            await world.FollowAsync();
            await world.ReceiveAsync(AnEvent.Resolved("Flapping", $"srv{device}"));
            await world.FollowAsync();
        }
        world.State.Incidents.Values.ShouldAllBe(incident => incident.Opened.Scope == IncidentScope.One);
        world.State.Incidents.Count.ShouldBe(20);
    }

    [Fact]
    public async Task Ten_thousand_alerts_before_anyone_looks_are_all_accounted_for_in_seconds()
    {
        using var world = new IntakeWorld();
        foreach (var batch in Enumerable.Range(0, 10_000).Chunk(500))
            await world.ReceiveAsync([.. batch.Select(index => AnEvent.Firing($"Kind{index % 50}", $"srv{index}"))]);
        var watch = Stopwatch.StartNew();
        world.State.Unattached.Count.ShouldBe(10_000);
        await world.FollowAsync();

        world.State.Unattached.Count.ShouldBe(0);
        world.State.Intake.ShouldBe(new(10_000, world.State.Incidents.Count, 10_000 - world.State.Incidents.Count, 0));
        world.State.Incidents.Count.ShouldBeLessThanOrEqualTo(21);
        world.State.Incidents.Values.Max(incident => incident.RecentEvents.Length).ShouldBeLessThanOrEqualTo(20);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Ten_thousand_open_incidents_keep_the_fold_cheap()
    {
        var state = new TenantState(IntakeWorld.Contoso);
        var watch = Stopwatch.StartNew();
        for (var number = 0; number < 10_000; number++)
        {
            var received = ReceivedEvent($"K{number}", $"d{number}", $"a{number}");
            state = Apply(state, StreamId.Event(received.EventId), received);
            state = Apply(state, StreamId.Incident($"CON-{1001 + number}"), StormPolicy.Open($"CON-{1001 + number}", received, IncidentScope.One));
        }
        for (var number = 0; number < 10_000; number++)
            state = Apply(state, StreamId.Event($"R{number}"), ReceivedEvent($"W{number}", "d", $"w{number}"));
        for (var number = 0; number < 10_000; number++)
            state = Apply(state, StreamId.Event($"X{number}"), ReceivedEvent($"W{number}", "d", $"w{number}") with { EventId = $"X{number}", Status = EventStatus.Resolved });
        state.Incidents.Count.ShouldBe(10_000);
        state.Unattached.Count.ShouldBe(0);
        IncidentsFollowerTests.Balanced(state);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    /// <summary>Whatever happens in whatever order, with followers late or early: in = shown + folded + digested + waiting, and nothing waits that has an incident to go to.</summary>
    [Fact]
    public void Nothing_is_lost_or_counted_twice_in_any_sequence() =>
        Prop.ForAll(Gen.Choose(0, 10_000).ArrayOf(60).ToArbitrary(), steps => PlayAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static async Task PlayAsync(int[] steps)
    {
        using var world = new IntakeWorld();
        foreach (var step in steps)
        {
            var (kind, device) = ($"Kind{step / 10 % 4}", $"srv{step / 40 % 6}");
            await ((step % 10) switch
            {
                0 or 1 or 2 => world.ReceiveAsync(AnEvent.Firing(kind, device)),
                3 => world.ReceiveAsync(AnEvent.Firing(kind, device, severity: Severity.Info)),
                4 or 5 => world.ReceiveAsync(AnEvent.Resolved(kind, device)),
                6 => CloseOneAsync(world, step, "rejected"),
                7 => CloseOneAsync(world, step, ClosedReasons.Resolved),
                8 => OpenLateAsync(world, step),
                _ => world.FollowAsync(),
            });
            IncidentsFollowerTests.Balanced(world.State);
        }
        await world.FollowAsync();
        IncidentsFollowerTests.Balanced(world.State);
        world.State.Unattached.Count.ShouldBe(0);
        world.State.Incidents.Values.Where(incident => incident.IsOpen).ShouldAllBe(incident => !incident.FiringAlerts.IsEmpty);
    }

    private static async Task CloseOneAsync(IntakeWorld world, int step, string reason)
    {
        var open = world.State.Incidents.Values.Where(incident => incident.IsOpen).OrderBy(incident => incident.Id).ToList();
        if (open.Count > 0)
            await world.AppendAsync(StreamId.Incident(open[step % open.Count].Id), new IncidentClosed(open[step % open.Count].Id, reason));
    }

    /// <summary>As another instance does that has not seen the last entries.</summary>
    private static async Task OpenLateAsync(IntakeWorld world, int step)
    {
        var events = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso);
        if (events.Count == 0 || world.State.OpenIncidentFor(events[^1]) is not null)
            return;
        var id = $"CON-{world.State.LastIncidentNumber + 1}";
        await world.AppendAsync(StreamId.Incident(id), StormPolicy.Open(id, events[^1], (IncidentScope)(step / 10 % 3)));
    }

    private static TenantState Apply(TenantState state, StreamId stream, Fact fact) => state.Apply(new(
        IntakeWorld.Contoso, state.Seq + 1, DateTimeOffset.UnixEpoch, FactTypes.NameOf(fact), stream, 1, Actor.Service("t"), "c", null, fact, default));

    private static EventReceived ReceivedEvent(string kind, string device, string alert) => new(
        $"E-{kind}-{device}", "c", "s", EventStatus.Firing, Severity.Error, kind, device, "t", null, alert,
        EventKeys.Correlation(kind, device), EventKeys.Cause(kind), DateTimeOffset.UnixEpoch, false, new Dictionary<string, string>());
}

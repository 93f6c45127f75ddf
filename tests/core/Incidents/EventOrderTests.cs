using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>Beginnings and ends that arrive in another order than they happened in, of sources that tell each thing once.</summary>
public sealed class EventOrderTests
{
    [Fact]
    public async Task A_beginning_that_happened_before_the_end_on_record_opens_nothing()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: -1));
        await SayAsync(world, Began(minutes: -2));
        Open(world).ShouldBe(0);
        var intake = world.State.Intake;
        (intake.Received, intake.Digested).ShouldBe((2, 2));
    }

    [Fact]
    public async Task One_that_happened_after_it_opens_and_its_own_end_closes_it()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: -3));
        await SayAsync(world, Began(minutes: -4));
        await SayAsync(world, Began(minutes: -2));
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended(minutes: -1));
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task The_end_of_an_earlier_occurrence_does_not_end_the_next()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began(minutes: -5));
        await SayAsync(world, Began(minutes: -2));
        await SayAsync(world, Ended(minutes: -3));
        Open(world).ShouldBe(1);
        await SayAsync(world, Ended(minutes: -1));
        Open(world).ShouldBe(0);
    }

    [Fact]
    public async Task Of_equal_times_the_beginning_was_first_unless_one_was_told_already()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: -5));
        await SayAsync(world, Began(minutes: -5));
        Open(world).ShouldBe(0);
        await SayAsync(world, Began(minutes: -3));
        await SayAsync(world, Ended(minutes: -2));
        await SayAsync(world, Began(minutes: -2));
        Open(world).ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Times_of_arrival_put_nothing_in_order(bool endIsTimed, bool beginningIsTimed)
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: -1) with { IsTimedBySource = endIsTimed });
        await SayAsync(world, Began(minutes: -2) with { IsTimedBySource = beginningIsTimed });
        Open(world).ShouldBe(1);
    }

    [Fact]
    public async Task Without_times_a_key_of_one_occurrence_tells_that_its_beginning_is_over()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Untimed(Ended(minutes: 0)));
        await SayAsync(world, Untimed(Began(minutes: 0)));
        Open(world).ShouldBe(0);

        static ConnectorEvent Untimed(ConnectorEvent one) => one with { IsTimedBySource = false, KeyIsOccurrence = true };
    }

    [Fact]
    public async Task A_clock_that_is_always_ahead_still_tells_what_was_first()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: 299));
        await SayAsync(world, Began(minutes: 298));
        Open(world).ShouldBe(0);
        await SayAsync(world, Began(minutes: 300));
        Open(world).ShouldBe(1);
    }

    [Fact]
    public async Task A_clock_that_was_ahead_and_was_set_right_hides_no_alert()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Began(minutes: 60 * 24 * 900));
        await SayAsync(world, Ended(minutes: 0));
        Open(world).ShouldBe(0);
        await SayAsync(world, Ended(minutes: 60 * 24 * 901));
        await SayAsync(world, Began(minutes: 1));
        Open(world).ShouldBe(1);
    }

    [Fact]
    public async Task Whatever_the_order_two_alerts_of_different_keys_arrive_in_neither_hides_the_other()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Ended(minutes: -1));
        await SayAsync(world, Began(minutes: -2) with { AlertKey = "another" });
        Open(world).ShouldBe(1);
    }

    private static ConnectorEvent Began(double minutes) => AnEvent.Firing("Disk", "srv1") with
    {
        OccurredAt = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).AddMinutes(minutes), IsTimedBySource = true,
    };

    private static ConnectorEvent Ended(double minutes) => Began(minutes) with { Status = EventStatus.Resolved };

    private static async Task SayAsync(IntakeWorld world, ConnectorEvent said)
    {
        await world.ReceiveAsync(said);
        await world.FollowAsync();
    }

    private static int Open(IntakeWorld world) => world.State.Incidents.Values.Count(static incident => incident.IsOpen);
}

using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

/// <summary>Somebody, or something, sets the clock while the bot runs.</summary>
public sealed class ClockWatchTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ManualClock clock = new();
    private TimeSpan slept;

    [Fact]
    public async Task Nothing_is_recorded_while_the_clock_is_far_ahead_and_everything_once_it_is_right_again()
    {
        var memory = new InMemoryLedger(clock);
        var watch = Watch();
        var ledger = new GuardedLedger(memory, new(NullLogger<Quarantine>.Instance), watch);
        await AppendAsync(ledger);
        clock.Jump(TimeSpan.FromDays(30));
        (await Should.ThrowAsync<ClockJumpedException>(() => AppendAsync(ledger))).Message.ShouldContain("30 days ahead");
        watch.Problem.ShouldNotBeNull();
        (await ledger.HeadAsync(Contoso, TestContext.Current.CancellationToken)).ShouldBe(1, "it can be read all the same");
        clock.Advance(TimeSpan.FromHours(3));
        await Should.ThrowAsync<ClockJumpedException>(() => AppendAsync(ledger));
        clock.Jump(-TimeSpan.FromDays(30));
        watch.Problem.ShouldBeNull();
        await AppendAsync(ledger);
        memory.Entries(Contoso).Select(entry => entry.At).ShouldBeInOrder();
        memory.Entries(Contoso)[^1].At.ShouldBe(clock.GetUtcNow());
    }

    [Fact]
    public void A_start_says_that_the_clock_is_right()
    {
        Watch();
        clock.Jump(TimeSpan.FromDays(30));
        Watch().Problem.ShouldBeNull();
    }

    [Fact]
    public void Time_that_passes_is_no_jump_and_neither_is_a_clock_that_is_set_a_little()
    {
        var watch = Watch();
        for (var day = 0; day < 10; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            clock.Jump(TimeSpan.FromMinutes(59));
            watch.Problem.ShouldBeNull();
        }
    }

    [Fact]
    public void A_clock_turned_back_may_be_set_right_again()
    {
        var watch = Watch();
        clock.Jump(-TimeSpan.FromDays(3));
        watch.Problem.ShouldBeNull();
        clock.Jump(TimeSpan.FromDays(3));
        watch.Problem.ShouldBeNull();
    }

    [Fact]
    public void A_machine_that_slept_is_as_far_ahead_as_it_slept()
    {
        var watch = new ClockWatch(clock, Longest, NullLogger<ClockWatch>.Instance, () => clock.GetElapsedTime(0, clock.GetTimestamp()) + slept);
        Sleep(TimeSpan.FromHours(8));
        watch.Problem.ShouldBeNull();
        Sleep(TimeSpan.FromHours(9));
        watch.Problem.ShouldBeNull();
        clock.Jump(TimeSpan.FromHours(8));
        watch.Problem.ShouldNotBeNull("that was no sleep");
    }

    private void Sleep(TimeSpan time)
    {
        slept += time;
        clock.Jump(time);
    }

    private ClockWatch Watch() => new(clock, Longest, NullLogger<ClockWatch>.Instance);

    private static async Task AppendAsync(GuardedLedger ledger) => await ledger.AppendAsync(
        Contoso, [], [new(StreamId.Access, Actor.Service("test"), "c-1", new IncidentClosed("CON-1001", "resolved"))], TestContext.Current.CancellationToken);
}

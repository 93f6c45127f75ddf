using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

/// <summary>Somebody, or something, sets the clock while the bot runs.</summary>
public sealed class ClockWatchTests
{
    private static readonly TimeSpan Max = TimeSpan.FromHours(1);
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
        var watch = new ClockWatch(clock, Max, NullLogger<ClockWatch>.Instance,
            () => clock.GetElapsedTime(0, clock.GetTimestamp()) + slept);
        Sleep(TimeSpan.FromHours(8));
        watch.Problem.ShouldBeNull();
        Sleep(TimeSpan.FromHours(9));
        watch.Problem.ShouldBeNull();
        clock.Jump(TimeSpan.FromHours(8));
        watch.Problem.ShouldNotBeNull("that was no sleep");
    }

    [Fact]
    public void A_clock_that_was_behind_is_measured_from_where_it_was_right()
    {
        var watch = Watch();
        clock.Jump(-TimeSpan.FromDays(3));
        watch.Problem.ShouldBeNull();
        clock.Advance(TimeSpan.FromHours(5));
        clock.Jump(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(59));
        watch.Problem.ShouldBeNull("right again, and set a little");
        clock.Jump(-TimeSpan.FromDays(3));
        watch.Problem.ShouldBeNull();
        clock.Jump(TimeSpan.FromDays(3) + TimeSpan.FromHours(2));
        watch.Problem.ShouldNotBeNull().ShouldContain("2 hours ahead");
    }

    [Fact]
    public void What_a_sleep_does_not_explain_is_a_jump()
    {
        var watch = new ClockWatch(clock, Max, NullLogger<ClockWatch>.Instance,
            () => clock.GetElapsedTime(0, clock.GetTimestamp()) + slept);
        Sleep(TimeSpan.FromHours(8));
        clock.Jump(TimeSpan.FromDays(30));
        watch.Problem.ShouldNotBeNull().ShouldContain("30 days ahead");
        clock.Jump(-TimeSpan.FromDays(30));
        watch.Problem.ShouldBeNull("the sleep was seen, and does not count twice");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_sleep_cannot_be_told_every_jump_is_one(bool onlyLater)
    {
        var asked = 0;
        var watch = new ClockWatch(clock, Max, NullLogger<ClockWatch>.Instance,
            () => onlyLater && asked++ == 0 ? TimeSpan.FromHours(1) : null);
        clock.Jump(TimeSpan.FromHours(5));
        watch.Problem.ShouldNotBeNull().ShouldContain("5 hours ahead");
    }

    [Fact]
    public void A_jump_is_said_once_and_so_is_its_end()
    {
        var log = new Lines();
        var watch = new ClockWatch(clock, Max, log);
        for (var day = 0; day < 2; day++)
        {
            clock.Jump(TimeSpan.FromDays(3));
            for (var look = 0; look < 5; look++)
                Should.Throw<ClockJumpedException>(watch.ThrowIfJumped);
            clock.Jump(-TimeSpan.FromDays(3));
            for (var look = 0; look < 5; look++)
                watch.ThrowIfJumped();
        }
        string[] once = ["Critical NOTHING IS RECORDED: The clock of this machine jumped 3 days ahead",
            "Information The clock is right again"];
        log.Said.Count.ShouldBe(4);
        log.Said.Select((line, index) => line.StartsWith(once[index % 2], StringComparison.Ordinal)).ShouldAllBe(static fits => fits);
    }

    [Fact]
    public async Task A_clock_that_jumped_damages_no_record()
    {
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var ledger = new GuardedLedger(new InMemoryLedger(clock), quarantine, Watch());
        clock.Jump(TimeSpan.FromDays(1));
        await Should.ThrowAsync<ClockJumpedException>(() => AppendAsync(ledger));
        quarantine.Held.ShouldBeEmpty();
    }

    [Fact]
    public void Linux_tells_how_long_it_has_been_up_with_the_time_asleep()
    {
        if (!OperatingSystem.IsLinux())
        {
            ClockWatch.SinceBoot().ShouldBeNull();
            return;
        }
        var before = ClockWatch.SinceBoot().ShouldNotBeNull();
        // The other counter leaves time asleep out.
        before.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(Environment.TickCount64) - TimeSpan.FromSeconds(5));
        ClockWatch.SinceBoot().ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(before);
    }

    private sealed class Lines : ILogger<ClockWatch>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Said.Add($"{logLevel} {formatter(state, exception)}");
    }

    private void Sleep(TimeSpan time)
    {
        slept += time;
        clock.Jump(time);
    }

    private ClockWatch Watch() => new(clock, Max, NullLogger<ClockWatch>.Instance);

    private static async Task AppendAsync(GuardedLedger ledger) => await ledger.AppendAsync(
        Contoso, [], [new(StreamId.Access, Actor.Service("test"), CorrelationId.Parse("c-1"), new IncidentClosed(Con(1001), "resolved"))],
        TestContext.Current.CancellationToken);
}

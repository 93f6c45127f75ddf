using DevOpsAI.Bot.Hosting;
using DevOpsAI.Connections;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Bot.Hosting;

/// <summary>A secret that is to be replaced is told while the bot runs, not at its start alone.</summary>
public sealed class RotationReminderTests
{
    [Fact]
    public async Task It_is_told_each_day_from_two_weeks_before()
    {
        var clock = new ManualClock(new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var told = new Told();
        using var reminder = new RotationReminder(
            new([new SecretRotation("Teams:RotateBy", "The credential", null, new(2027, 1, 17))]), clock, told);
        await reminder.StartAsync(TestContext.Current.CancellationToken);
        told.Count.ShouldBe(0);
        SpinWait.SpinUntil(() => clock.WaitingTimers > 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        for (var day = 0; day < 16; day++)
        {
            clock.Advance(RotationReminder.Every);
            SpinWait.SpinUntil(() => told.Count >= day, TimeSpan.FromSeconds(10)).ShouldBeTrue($"{told.Count} after {day + 1} days");
        }
        await reminder.StopAsync(TestContext.Current.CancellationToken);
        told.Count.ShouldBe(15, "on each of the days from the 3rd to the 17th");
    }

    private sealed class Told : ILogger<RotationReminder>
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            eventId.Id.ShouldBe(3301);
            Interlocked.Increment(ref count);
        }
    }
}

using System.Diagnostics;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// Runs as the real clock does and can be made to skip: whoever waited for less than that waits no more. For what waits for another process
/// or the network, with limits that are never reached unless a test skips them.
/// </summary>
public sealed class SkippingClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly HashSet<SkippingTimer> timers = [];
    private readonly DateTimeOffset began = System.GetUtcNow();
    private readonly long beganAt = Stopwatch.GetTimestamp();
    private TimeSpan skipped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => began.AddTicks(GetTimestamp());

    public override long GetTimestamp()
    {
        lock (gate)
            return Now.Ticks;
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(beganAt) + skipped;

    /// <summary>Whether somebody began a wait of exactly this length and still waits.</summary>
    public bool IsWaitedFor(TimeSpan time)
    {
        lock (gate)
            return timers.Any(timer => timer.Length == time && timer.DueAt is not null);
    }

    public void Skip(TimeSpan time)
    {
        lock (gate)
        {
            skipped += time;
            foreach (var timer in timers)
                timer.Arm();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SkippingTimer(this, callback, state);
        lock (gate)
            timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SkippingTimer : ITimer
    {
        private readonly SkippingClock clock;
        private readonly TimerCallback callback;
        private readonly object? state;
        private readonly ITimer real;
        private TimeSpan period;

        public SkippingTimer(SkippingClock clock, TimerCallback callback, object? state)
        {
            (this.clock, this.callback, this.state) = (clock, callback, state);
            real = System.CreateTimer(static timer => ((SkippingTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public TimeSpan Length { get; private set; }

        public TimeSpan? DueAt { get; private set; }

        /// <summary>Under the clock's lock.</summary>
        public void Arm()
        {
            var left = DueAt - clock.Now;
            if (left < TimeSpan.Zero)
                left = TimeSpan.Zero;
            real.Change(left ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                Length = dueTime;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.Now + dueTime;
                Arm();
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
            real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            lock (clock.gate)
            {
                // The real timer may be a little early, or have been set anew.
                if (DueAt is not { } due)
                    return;
                if (due > clock.Now)
                {
                    Arm();
                    return;
                }
                DueAt = period > TimeSpan.Zero ? clock.Now + period : null;
                Arm();
            }
            callback(state);
        }
    }
}

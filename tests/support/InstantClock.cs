namespace DevOpsAI.Tests.Support;

/// <summary>A clock on which every wait is over at once and has taken exactly its time. For code whose waits are all its own.</summary>
public sealed class InstantClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock gate = new();
    private DateTimeOffset now = start ?? new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan by)
    {
        lock (gate)
            now += by;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Once(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Once(InstantClock clock, TimerCallback callback, object? state) : ITimer
    {
        private volatile bool disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            ThreadPool.QueueUserWorkItem(_ =>
            {
                if (disposed)
                    return;
                clock.Advance(dueTime);
                callback(state);
            });
            return true;
        }

        public void Dispose() => disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

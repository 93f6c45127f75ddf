namespace DevOpsAI.Tests.Support;

/// <summary>
/// A clock that stands still until it is told to move. Timers that fall due fire, in order of time, inside <see cref="Advance"/>.
/// </summary>
public sealed class ManualClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TimeSpan jumped;
    private DateTimeOffset now = start ?? new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Timers that are waiting; lets a test wait until the code under test has begun to wait.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (gate)
                return timers.Count(timer => timer.DueAt is not null);
        }
    }

    /// <summary>Timers that are waiting and are no time limit on something: whoever has one does nothing until it fires.</summary>
    public int Sleepers
    {
        get
        {
            lock (gate)
                return timers.Count(timer => timer is { DueAt: not null, IsLimit: false });
        }
    }

    private DateTimeOffset Elapsed
    {
        get
        {
            lock (gate)
                return now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now + jumped;
    }

    public override long GetTimestamp()
    {
        lock (gate)
            return now.Ticks;
    }

    public void Advance(TimeSpan by) => SetUtcNow(GetUtcNow() + by);

    /// <summary>Lets time pass, a step at a time and only while somebody waits for it, until it is done.</summary>
    public async Task PassUntilAsync(Func<bool> isDone, TimeSpan step, CancellationToken cancellationToken)
    {
        while (!isDone())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (WaitingTimers > 0)
                Advance(step);
            await Task.Yield();
        }
    }

    /// <summary>Someone sets the time of day: no time passes, and no timer fires.</summary>
    public void Jump(TimeSpan by)
    {
        lock (gate)
            jumped += by;
    }

    /// <summary>Moves to a time; an earlier one turns the clock back and fires nothing.</summary>
    public void SetUtcNow(DateTimeOffset time)
    {
        DateTimeOffset until;
        lock (gate)
            until = time - jumped;
        FireDue(until);
        lock (gate)
            now = until;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (gate)
            timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private void FireDue(DateTimeOffset until)
    {
        while (NextDue(until) is { } timer)
            timer.Fire();
    }

    private ManualTimer? NextDue(DateTimeOffset until)
    {
        lock (gate)
        {
            var timer = timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
            if (timer is null)
                return null;
            now = timer.DueAt > now ? timer.DueAt.Value : now;
            timer.DueAt = timer.Period > TimeSpan.Zero ? timer.DueAt + timer.Period : null;
            return timer;
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public bool IsLimit => state is CancellationTokenSource;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                Period = period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
            }
            // A timer that is due at once fires at once: the clock may never be moved again. It does not set the clock, which may be
            // moving.
            if (dueTime == TimeSpan.Zero)
                ThreadPool.QueueUserWorkItem(_ => clock.FireDue(clock.Elapsed));
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

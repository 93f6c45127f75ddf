namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>
/// Keeps calls inside Teams' limits: per conversation 7 in one second, 8 in two, 50 in thirty and 1800 in an hour, and 30 a second
/// in all. A call counts from its start until its window after its <em>end</em>, so the limits hold at the receiver however long each call
/// was under way. Urgent calls go first, important ones next. A part of the longer limits is kept for urgent calls, half of it also for
/// important ones, so that a storm of card updates makes nobody wait for an answer, nor for an alert about security; within a conversation
/// and urgency the order is kept.
/// </summary>
internal sealed class Pacer : IDisposable
{
    private static readonly RateLimit[] PerConversation =
        [new(7, TimeSpan.FromSeconds(1)), new(8, TimeSpan.FromSeconds(2)), new(50, TimeSpan.FromSeconds(30), ForUrgent: 10),
            new(1800, TimeSpan.FromHours(1), ForUrgent: 200)];

    private static readonly Urgency[] MaxUrgentFirst = [Urgency.Urgent, Urgency.Important, Urgency.Normal];
    private static readonly RateLimit[] Overall = [new(30, TimeSpan.FromSeconds(1))];
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly Dictionary<string, Queue> queues = [];
    private readonly List<Queue> waiting = [];
    private readonly RateWindow overall;
    private long forgotAt;

    public Pacer(TimeProvider clock)
    {
        this.clock = clock;
        overall = new(Overall, clock);
        forgotAt = clock.GetTimestamp();
        timer = clock.CreateTimer(static state => ((Pacer)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for the turn of a call; dispose the pass when the call has ended.</summary>
    /// <param name="key">The service and the conversation; all threads of a channel are one.</param>
    public async Task<Pass> EnterAsync(string key, Urgency urgency, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource<Pass>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            var queue = GetQueue(key);
            queue.For(urgency).Enqueue(waiter);
            if (!waiting.Contains(queue))
                waiting.Add(queue);
            Pump();
        }
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<Pass>)state!).TrySetCanceled(token), waiter);
        return await waiter.Task;
    }

    /// <summary>The service asked for a pause: nothing goes to this conversation for so long.</summary>
    public void Hold(string key, TimeSpan pause)
    {
        lock (gate)
            GetQueue(key).Window.HoldFor(pause);
    }

    public void Dispose() => timer.Dispose();

    private Queue GetQueue(string key)
    {
        if (!queues.TryGetValue(key, out var queue))
            queues[key] = queue = new(new(PerConversation, clock));
        return queue;
    }

    private void OnTimer()
    {
        lock (gate)
            Pump();
    }

    private void Leave(Queue queue)
    {
        lock (gate)
        {
            queue.Window.End();
            overall.End();
            Pump();
        }
    }

    private void Pump()
    {
        TimeSpan? next = null;
        foreach (var urgency in MaxUrgentFirst)
        {
            if (Release(urgency) is { } later && (next is null || later < next))
                next = later;
        }
        waiting.RemoveAll(static queue => queue.IsEmpty);
        if (next < MinWait)
            next = MinWait;
        timer.Change(waiting.Count > 0 && next is { } wait ? wait : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ForgetIdle();
    }

    /// <summary>Lets go whoever may go now; returns when the next one may, null when that depends on a call that is under way.</summary>
    private TimeSpan? Release(Urgency urgency)
    {
        TimeSpan? next = null;
        foreach (var queue in waiting)
        {
            var waiters = queue.For(urgency);
            while (waiters.TryPeek(out var waiter))
            {
                if (waiter.Task.IsCompleted)
                {
                    waiters.Dequeue(); // cancelled while waiting
                    continue;
                }
                if (!overall.IsFree(urgency, out var wait) || !queue.Window.IsFree(urgency, out wait))
                {
                    if (wait is { } known && (next is null || known < next))
                        next = known;
                    break;
                }
                waiters.Dequeue();
                if (!waiter.TrySetResult(new(this, queue)))
                    continue;
                queue.Window.Begin();
                overall.Begin();
            }
        }
        return next;
    }

    private void ForgetIdle()
    {
        if (clock.GetElapsedTime(forgotAt) < ForgetEvery)
            return;
        forgotAt = clock.GetTimestamp();
        foreach (var (key, queue) in queues)
        {
            if (queue.IsEmpty && queue.Window.IsIdle)
                queues.Remove(key);
        }
    }

    internal sealed class Queue(RateWindow window)
    {
        public RateWindow Window => window;

        private readonly Queue<TaskCompletionSource<Pass>>[] waiters = [new(), new(), new()];

        public Queue<TaskCompletionSource<Pass>> For(Urgency urgency) => waiters[(int)urgency];

        public bool IsEmpty => waiters[0].Count == 0 && waiters[1].Count == 0 && waiters[2].Count == 0;
    }

    /// <summary>The right to make one call now.</summary>
    public sealed class Pass(Pacer pacer, Queue queue) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                pacer.Leave(queue);
        }
    }
}

/// <summary>Whose turn it is first.</summary>
internal enum Urgency { Normal, Important, Urgent }

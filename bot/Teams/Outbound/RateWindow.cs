namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>At most <paramref name="Most"/> calls in any <paramref name="Within"/>.</summary>
/// <param name="ForUrgent">So many of them are kept for urgent calls, half of them for important ones too.</param>
internal sealed record RateLimit(int Most, TimeSpan Within, int ForUrgent = 0);

/// <summary>
/// Remembers when calls ended. A call that is under way counts in every window, since nobody knows when it reaches the receiver.
/// Not thread-safe; the pacer's lock is around it.
/// </summary>
internal sealed class RateWindow(RateLimit[] limits, TimeProvider clock)
{
    // Clocks and timers round; the receiver's second may be a little longer than ours.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);

    private readonly List<long> ended = [];
    private readonly int mostRemembered = limits.Max(static limit => limit.Most);
    private int first;
    private int underWay;
    private (long From, TimeSpan Pause)? hold;

    /// <summary>Nothing it remembers can still matter.</summary>
    public bool IsIdle =>
        underWay == 0
        && RemainingHold() <= TimeSpan.Zero
        && (Count == 0 || clock.GetElapsedTime(ended[^1]) > limits[^1].Within + Margin);

    private int Count => ended.Count - first;

    /// <summary>
    /// May a call begin? If not, <paramref name="wait"/> says when to ask again; null when a call under way has to end first.
    /// </summary>
    public bool IsFree(Urgency urgency, out TimeSpan? wait)
    {
        wait = RemainingHold();
        foreach (var limit in limits)
        {
            var room = limit.Most - KeptFrom(urgency, limit.ForUrgent) - underWay;
            if (room <= 0)
            {
                wait = null;
                return false;
            }
            if (Count < room)
                continue;
            var until = limit.Within + Margin - clock.GetElapsedTime(ended[^room]);
            if (until > wait)
                wait = until;
        }
        return wait <= TimeSpan.Zero;
    }

    private static int KeptFrom(Urgency urgency, int forUrgent) => urgency switch
    {
        Urgency.Urgent => 0,
        Urgency.Important => forUrgent / 2,
        _ => forUrgent,
    };

    public void Begin() => underWay++;

    public void End()
    {
        underWay--;
        ended.Add(clock.GetTimestamp());
        if (Count > mostRemembered)
            first++;
        if (first <= mostRemembered)
            return;
        ended.RemoveRange(0, first);
        first = 0;
    }

    /// <summary>A longer pause that is already running stays.</summary>
    public void HoldFor(TimeSpan pause)
    {
        if (pause > RemainingHold())
            hold = (clock.GetTimestamp(), pause);
    }

    private TimeSpan RemainingHold() =>
        hold is { } held && held.Pause - clock.GetElapsedTime(held.From) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
}

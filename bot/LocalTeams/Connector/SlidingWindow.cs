namespace DevOpsAI.LocalTeams.Connector;

/// <summary>At most <paramref name="Calls"/> within <paramref name="Span"/>.</summary>
internal sealed record Limit(int Calls, TimeSpan Span);

/// <summary>Calls of one kind in one conversation, and the most that ever fell into each limit's span.</summary>
internal sealed class SlidingWindow(params Limit[] limits)
{
    private readonly List<DateTimeOffset> allowed = [];
    private readonly List<DateTimeOffset> asked = [];
    private readonly int[] most = new int[limits.Length];

    /// <summary>Null when the call may go ahead, else how long to wait. Refused calls count as asked, not as made.</summary>
    public TimeSpan? Enter(DateTimeOffset now)
    {
        Forget(allowed, now);
        Forget(asked, now);
        asked.Add(now);
        TimeSpan? wait = null;
        for (var i = 0; i < limits.Length; i++)
        {
            var since = now - limits[i].Span;
            most[i] = Math.Max(most[i], Since(asked, since));
            var made = Since(allowed, since);
            if (made < limits[i].Calls)
                continue;
            var free = allowed[allowed.Count - limits[i].Calls] + limits[i].Span - now;
            wait = wait is null || free > wait ? free : wait;
        }

        if (wait is null)
            allowed.Add(now);
        return wait;
    }

    /// <summary>Limit by limit: the most calls asked for within its span, refused ones included.</summary>
    public IReadOnlyDictionary<string, int> Most() =>
        limits.Select((limit, i) => (Key: $"{limit.Span.TotalSeconds:0}s", Value: most[i]))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private void Forget(List<DateTimeOffset> calls, DateTimeOffset now)
    {
        var oldest = now - limits.Max(limit => limit.Span);
        var gone = 0;
        while (gone < calls.Count && calls[gone] <= oldest)
            gone++;
        if (gone > 0)
            calls.RemoveRange(0, gone);
    }

    private static int Since(List<DateTimeOffset> calls, DateTimeOffset since)
    {
        var count = 0;
        for (var i = calls.Count - 1; i >= 0 && calls[i] > since; i--)
            count++;
        return count;
    }
}

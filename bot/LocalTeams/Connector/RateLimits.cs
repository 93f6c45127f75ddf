namespace DevOpsAI.LocalTeams.Connector;

/// <summary>What the documented limits tell apart.</summary>
internal enum CallKind
{
    Send,
    Update,
    Delete,
    Create,
    Members,
    Conversations,
}

/// <summary>
/// Teams' documented limits: per conversation (all threads of a channel together) and kind of call, and 50 calls a second for the app.
/// Whether updates count as sends is not documented; here they do, the cautious reading.
/// </summary>
internal sealed class RateLimits(TimeProvider clock)
{
    private static readonly Limit[] Writing = [new(7, Seconds(1)), new(8, Seconds(2)), new(60, Seconds(30)), new(1800, Seconds(3600))];
    private static readonly Limit[] Reading = [new(14, Seconds(1)), new(16, Seconds(2)), new(120, Seconds(30)), new(3600, Seconds(3600))];

    private readonly Lock gate = new();
    private readonly Dictionary<(string Operation, string Conversation), SlidingWindow> windows = [];
    private readonly SlidingWindow app = new(new Limit(50, Seconds(1)));
    private readonly int[] calls = new int[Enum.GetValues<CallKind>().Length];
    private int throttled;
    private int switched;

    /// <summary>Null when the call may go ahead, else how long to wait.</summary>
    public TimeSpan? Enter(CallKind kind, string conversation)
    {
        lock (gate)
        {
            calls[(int)kind]++;
            var now = clock.GetUtcNow();
            var wait = app.Enter(now) ?? Window(kind, conversation).Enter(now);
            if (wait is not null)
                throttled++;
            return wait;
        }
    }

    /// <summary>Counts a 429 that a switch asked for, apart from those the bot earned.</summary>
    public void CountSwitched429()
    {
        lock (gate)
            switched++;
    }

    public CounterReport Report()
    {
        lock (gate)
        {
            return new()
            {
                Sends = calls[(int)CallKind.Send],
                Updates = calls[(int)CallKind.Update],
                Deletes = calls[(int)CallKind.Delete],
                Creates = calls[(int)CallKind.Create],
                Reads = calls[(int)CallKind.Members] + calls[(int)CallKind.Conversations],
                Throttled = throttled,
                Switched429 = switched,
                MostPerSecond = app.Most()["1s"],
                Conversations =
                    [.. windows.Select(pair => new ConversationReport(pair.Key.Conversation, pair.Key.Operation, pair.Value.Most()))],
            };
        }
    }

    private SlidingWindow Window(CallKind kind, string conversation)
    {
        var (operation, limits) = kind switch
        {
            CallKind.Create => ("create", Writing),
            CallKind.Members => ("members", Reading),
            CallKind.Conversations => ("conversations", Reading),
            _ => ("send", Writing),
        };
        if (!windows.TryGetValue((operation, conversation), out var window))
            windows[(operation, conversation)] = window = new SlidingWindow(limits);
        return window;
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>How often the bot has called.</summary>
internal sealed record CounterReport
{
    public required int Sends { get; init; }

    public required int Updates { get; init; }

    public required int Deletes { get; init; }

    public required int Creates { get; init; }

    public required int Reads { get; init; }

    /// <summary>429 answers because a limit was hit: zero for a well-behaved bot.</summary>
    public required int Throttled { get; init; }

    /// <summary>429 answers because a switch said so.</summary>
    public required int Switched429 { get; init; }

    /// <summary>The most calls within one second, over everything.</summary>
    public required int MostPerSecond { get; init; }

    public required IReadOnlyList<ConversationReport> Conversations { get; init; }
}

/// <param name="Operation"><c>send</c> (with updates and deletes), <c>create</c>, <c>members</c> or <c>conversations</c>.</param>
/// <param name="Most">Span to the most calls within it, as in <c>"1s": 4</c>.</param>
internal sealed record ConversationReport(string Conversation, string Operation, IReadOnlyDictionary<string, int> Most);

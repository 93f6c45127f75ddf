namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Misbehavior to show; what is not named is off.</summary>
internal sealed record SwitchSettings
{
    /// <summary>The next so many calls are answered 429.</summary>
    public int Http429 { get; init; }

    /// <summary>Seconds to name in those answers; null leaves the header out.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The next so many calls are answered <see cref="Code"/>, and nothing is done.</summary>
    public int Http5xx { get; init; }

    public int Code { get; init; } = 502;

    /// <summary>Every call waits this long first.</summary>
    public int SlowMs { get; init; }

    /// <summary>The next so many sends, updates and deletes are carried out, but the connection is cut instead of answered.</summary>
    public int LoseAnswer { get; init; }

    /// <summary>An activity the bot does not answer in time is delivered again, as Teams does.</summary>
    public bool Redeliver { get; init; }

    /// <summary>Every call is refused with 503.</summary>
    public bool Offline { get; init; }

    /// <summary>Every invoke is delivered twice at once.</summary>
    public bool DuplicateInvokes { get; init; }
}

/// <summary>The switches as they stand; counted ones run down.</summary>
internal sealed class Switches
{
    private readonly Lock gate = new();
    private SwitchSettings current = new();

    public SwitchSettings Current
    {
        get
        {
            lock (gate)
                return current;
        }
        set
        {
            lock (gate)
                current = value;
        }
    }

    public bool TakeHttp429() => Take(s => s.Http429, s => s with { Http429 = s.Http429 - 1 });

    public bool TakeHttp5xx() => Take(s => s.Http5xx, s => s with { Http5xx = s.Http5xx - 1 });

    public bool TakeLoseAnswer() => Take(s => s.LoseAnswer, s => s with { LoseAnswer = s.LoseAnswer - 1 });

    private bool Take(Func<SwitchSettings, int> left, Func<SwitchSettings, SwitchSettings> oneLess)
    {
        lock (gate)
        {
            if (left(current) <= 0)
                return false;
            current = oneLess(current);
            return true;
        }
    }
}

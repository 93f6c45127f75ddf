namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Misbehaviour to show; what is not named is off.</summary>
/// <param name="Http429">The next so many calls are answered 429.</param>
/// <param name="RetryAfter">Seconds to name in those answers; null leaves the header out.</param>
/// <param name="Http5xx">The next so many calls are answered <paramref name="Code"/>, and nothing is done.</param>
/// <param name="SlowMs">Every call waits this long first.</param>
/// <param name="LoseAnswer">The next so many sends, updates and deletes are carried out, but the connection is cut instead of answered.</param>
/// <param name="Redeliver">An activity the bot does not answer in time is delivered again, as Teams does.</param>
/// <param name="Offline">Every call is refused with 503.</param>
/// <param name="DuplicateInvokes">Every invoke is delivered twice at once.</param>
internal sealed record SwitchSettings(
    int Http429 = 0,
    int? RetryAfter = null,
    int Http5xx = 0,
    int Code = 502,
    int SlowMs = 0,
    int LoseAnswer = 0,
    bool Redeliver = false,
    bool Offline = false,
    bool DuplicateInvokes = false);

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

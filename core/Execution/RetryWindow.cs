namespace DevOpsAI.Execution;

/// <summary>
/// A span of time that starts now. It goes by elapsed time, not by the time of day: a clock that is set forward in the middle must not
/// make a vendor look settled that had no time to act.
/// </summary>
internal readonly struct RetryWindow(TimeProvider clock, TimeSpan limit)
{
    private readonly long began = clock.GetTimestamp();

    /// <summary>Whether a further pause still ends within the span.</summary>
    public bool Allows(TimeSpan pause) => clock.GetElapsedTime(began) + pause <= limit;
}

namespace DevOpsAI.Bot.Hosting;

/// <summary>The machine's clock, so far ahead. Waits take as long as they do.</summary>
internal sealed class ClockAhead(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;

    /// <summary>The system's clock, unless <c>Testing:ClockAhead</c> says otherwise in the Development environment.</summary>
    public static TimeProvider For(IHostEnvironment environment, IConfiguration configuration) =>
        environment.IsDevelopment() && configuration.GetValue<TimeSpan?>("Testing:ClockAhead") is { Ticks: > 0 } ahead
            ? new ClockAhead(ahead)
            : System;
}

using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>How long and how much a question may be, and what it costs, as the settings say.</summary>
internal sealed class QuestionLimits(IOptions<IntelligenceOptions> options, TimeProvider clock)
{
    public int MaxAnswerTokens => options.Value.MaxAnswerTokens;

    public long Now => clock.GetTimestamp();

    public TimeSpan Since(long began) => clock.GetElapsedTime(began);

    /// <summary>Ends when a draft has waited long enough.</summary>
    public CancellationTokenSource StartTimeout() => new(options.Value.Timeout, clock);

    public long GetCostMicros(long promptTokens, long answerTokens) => options.Value.GetCostMicros(promptTokens, answerTokens);
}

using System.Diagnostics.Metrics;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Meter <c>DevOpsAI.Drafting</c>: how often a model is asked, what it costs, and how often its draft could not be had.</summary>
internal sealed class ModelMetrics : IDisposable
{
    public const string MeterName = "DevOpsAI.Drafting";

    private readonly Meter meter;
    private readonly Counter<long> calls;
    private readonly Counter<long> tokens;
    private readonly Counter<long> fallbacks;
    private readonly Histogram<double> duration;

    public ModelMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        calls = meter.CreateCounter<long>("model.calls", "{call}", "Questions to the model, by how they ended.");
        tokens = meter.CreateCounter<long>("model.tokens", "{token}", "Tokens of questions and answers.");
        fallbacks = meter.CreateCounter<long>("model.fallbacks", "{draft}", "Drafts that the model was to make and did not.");
        duration = meter.CreateHistogram<double>("model.duration", "s", "From question to answer.");
    }

    public void Asked(ModelAsked asked)
    {
        calls.Add(1, new KeyValuePair<string, object?>("outcome", asked.Cached ? "cached" : asked.Verdict.ToString()));
        if (asked.Cached)
            return;
        tokens.Add(asked.PromptTokens, new KeyValuePair<string, object?>("kind", "prompt"));
        tokens.Add(asked.AnswerTokens, new KeyValuePair<string, object?>("kind", "answer"));
        duration.Record(asked.DurationMs / 1000.0);
    }

    public void FellBack(ModelFailure why) => fallbacks.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));

    public void Dispose() => meter.Dispose();
}

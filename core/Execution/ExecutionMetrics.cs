using System.Diagnostics.Metrics;
using DevOpsAI.Proposals;

namespace DevOpsAI.Execution;

/// <summary>Meter <c>DevOpsAI.Execution</c>.</summary>
public sealed class ExecutionMetrics : IDisposable
{
    public const string MeterName = "DevOpsAI.Execution";

    private readonly Meter meter;
    private readonly Counter<long> runs;
    private readonly Counter<long> steps;
    private readonly Histogram<double> duration;

    public ExecutionMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        runs = meter.CreateCounter<long>("execution.runs", "{run}", "Runs that ended, by kind and outcome.");
        steps = meter.CreateCounter<long>("execution.steps", "{step}", "Steps that ended, by outcome.");
        duration = meter.CreateHistogram<double>("execution.duration", "s", "From the first claim of a run to its outcome.");
    }

    public void Dispose() => meter.Dispose();

    internal void Ended(ProposalKind kind, ExecutionOutcome outcome, TimeSpan took)
    {
        runs.Add(1, new("kind", kind.ToString()), new("outcome", outcome.ToString()));
        duration.Record(took.TotalSeconds, new("kind", kind.ToString()), new("outcome", outcome.ToString()));
    }

    internal void StepEnded(StepOutcome outcome, bool rollback) =>
        steps.Add(1, new("outcome", outcome.ToString()), new("rollback", rollback));
}

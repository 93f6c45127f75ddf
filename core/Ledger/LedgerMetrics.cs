using System.Diagnostics.Metrics;

namespace DevOpsAI.Ledger;

/// <summary>Meter <c>DevOpsAI.Ledger</c>.</summary>
public sealed class LedgerMetrics : IDisposable
{
    public const string MeterName = "DevOpsAI.Ledger";

    private readonly Meter meter;
    private readonly Counter<long> appended;
    private readonly Counter<long> conflicts;
    private readonly Counter<long> failures;
    private readonly Histogram<int> batch;
    private readonly Histogram<double> duration;

    public LedgerMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        appended = meter.CreateCounter<long>("ledger.entries", "{entry}", "Entries appended.");
        conflicts = meter.CreateCounter<long>("ledger.conflicts", "{append}", "Appends that lost a race.");
        failures = meter.CreateCounter<long>("ledger.failures", "{append}", "Appends that failed because the store could not be written.");
        batch = meter.CreateHistogram<int>("ledger.batch", "{append}", "Appends that shared one commit.");
        duration = meter.CreateHistogram<double>("ledger.commit.duration", "s", "From the first write of a batch to its commit.");
    }

    /// <summary>A gauge that is asked when somebody looks.</summary>
    public void ObserveLag(Func<IEnumerable<Measurement<long>>> lag) =>
        meter.CreateObservableGauge("ledger.follower.lag", lag, "{entry}", "Entries that a subscription has yet to finish.");

    internal void Committed(int appends, int entries, int lost, TimeSpan took)
    {
        appended.Add(entries);
        batch.Record(appends);
        duration.Record(took.TotalSeconds);
        if (lost > 0)
            conflicts.Add(lost);
    }

    internal void Failed(int appends) => failures.Add(appends);

    public void Dispose() => meter.Dispose();
}

using System.Diagnostics.Metrics;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Incidents;

/// <summary>
/// Meter <c>DevOpsAI.Incidents</c>: what became of every event, by tenant. At any time received = shown + folded + digested + waiting,
/// and nothing waits for long.
/// </summary>
internal sealed class IntakeMetrics(TenantStates states, IMeterFactory meters) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create("DevOpsAI.Incidents");
        meter.CreateObservableGauge("events.received", () => Each(static state => state.Intake.Received), "{event}", "Events on record.");
        meter.CreateObservableGauge("events.shown", () => Each(static state => state.Intake.Shown), "{event}",
            "Events that opened an incident.");
        meter.CreateObservableGauge("events.folded", () => Each(static state => state.Intake.Folded), "{event}",
            "Events counted on an incident that was there already.");
        meter.CreateObservableGauge("events.digested", () => Each(static state => state.Intake.Digested), "{event}",
            "Events told in digests only.");
        meter.CreateObservableGauge("events.waiting", () => Each(static state => state.Unattached.Count), "{event}",
            "Events that no incident has taken yet.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Each(Func<TenantState, long> count) =>
        states.Latest.Select(state => new Measurement<long>(count(state), new KeyValuePair<string, object?>("tenant", state.Tenant.Value)));
}

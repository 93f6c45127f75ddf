using System.Diagnostics.Metrics;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Completeness;

/// <summary>
/// Puts on record from when on a connection is expected to send, when it has gone silent, be it from the start, and when it is heard again.
/// Of several bots one is first.
/// </summary>
internal sealed class StalenessWatch : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly Actor Self = Actor.Service("silences");

    private readonly ILedger ledger;
    private readonly TenantStates states;
    private readonly AssignedTenants tenants;
    private readonly ExpectedSenders senders;
    private readonly TimeProvider clock;
    private readonly ILogger<StalenessWatch> logger;
    private readonly Meter meter;

    public StalenessWatch(
        ILedger ledger, TenantStates states, AssignedTenants tenants, ExpectedSenders senders, TimeProvider clock, IMeterFactory meters,
        ILogger<StalenessWatch> logger)
    {
        (this.ledger, this.states, this.tenants, this.senders, this.clock, this.logger) = (ledger, states, tenants, senders, clock, logger);
        meter = meters.Create("DevOpsAI.Completeness");
        meter.CreateObservableGauge("connections.silent", Stale, "{connection}",
            "Connections that used to send and are silent for longer than expected.");
        meter.CreateObservableGauge("connections.failing", Failing, "{connection}",
            "Connections whose vendor refuses the bot or is not reached.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>Records what is due for one tenant now.</summary>
    public async Task LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var watch = (await states.GetAsync(tenant, cancellationToken)).Watch;
        foreach (var due in senders.GetDue(tenant, watch, clock.GetUtcNow()))
        {
            var entry = new NewEntry(due.Expected.Stream, Self, CorrelationId.New(), due.Fact);
            if (await ledger.AppendAsync(tenant, [due.Expected], [entry], cancellationToken) is not AppendResult.Appended)
                continue;
            if (due.Fact is ConnectionStale silent)
                logger.WentStale(tenant, due.Connection, silent.LastHeard);
            else if (due.Fact is ConnectionRecovered)
                logger.Recovered(tenant, due.Connection);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new TenantWorker(clock, LookEvery, (tenant, problem, _) => logger.StalenessFailed(tenant, problem)).RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                if (await tenants.IsMineOrEmptyAsync(tenant, stop))
                    await LookAsync(tenant, stop);
                return NextRound.After(LookEvery);
            },
            stoppingToken);
    }

    private IEnumerable<Measurement<long>> Stale() => Count(static pulse => pulse.Silent is not null);

    private IEnumerable<Measurement<long>> Failing() => Count(static pulse => pulse.FailingSince is not null);

    private IEnumerable<Measurement<long>> Count(Func<ConnectionPulse, bool> counts) => states.Latest.Select(state => new Measurement<long>(
        state.Watch.Pulses.Values.Count(counts), new KeyValuePair<string, object?>("tenant", state.Tenant.Value)));
}

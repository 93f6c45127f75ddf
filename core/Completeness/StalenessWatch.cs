using System.Diagnostics.Metrics;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
    private readonly ITenantDirectory tenants;
    private readonly ISubscribedTenants followed;
    private readonly IConnectionDirectory connections;
    private readonly HashSet<string> senders;
    private readonly IOptions<CompletenessOptions> options;
    private readonly TimeProvider clock;
    private readonly ILogger<StalenessWatch> logger;
    private readonly Meter meter;

    public StalenessWatch(
        ILedger ledger, TenantStates states, ITenantDirectory tenants, ISubscribedTenants followed, IConnectionDirectory connections,
        IEnumerable<IConnectionCheck> checks, IOptions<CompletenessOptions> options, TimeProvider clock, IMeterFactory meters,
        ILogger<StalenessWatch> logger)
    {
        (this.ledger, this.states, this.tenants, this.followed, this.connections, this.options, this.clock, this.logger) =
            (ledger, states, tenants, followed, connections, options, clock, logger);
        senders = checks.Where(check => check.SendsEvents).Select(check => check.Connector).ToHashSet(StringComparer.OrdinalIgnoreCase);
        meter = meters.Create("DevOpsAI.Completeness");
        meter.CreateObservableGauge("connections.silent", Stale, "{connection}",
            "Connections that used to send and are silent for longer than expected.");
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
        var own = connections.All.Where(connection => connection.Tenant == tenant);
        foreach (var due in StalenessRules.For(
            watch, own, connection => senders.Contains(connection.Connector), options.Value.StaleAfter, clock.GetUtcNow()))
        {
            var entry = new NewEntry(due.Expected.Stream, Self, Guid.NewGuid().ToString("n"), due.Fact);
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
                if (await followed.IsMineOrEmptyAsync(ledger, tenant, stop))
                    await LookAsync(tenant, stop);
                return NextRound.After(LookEvery);
            },
            stoppingToken);
    }

    private IEnumerable<Measurement<long>> Stale() => states.Latest.Select(static state => new Measurement<long>(
        state.Watch.Pulses.Values.Count(static pulse => pulse.Silent is not null),
        new KeyValuePair<string, object?>("tenant", state.Tenant.Value)));
}

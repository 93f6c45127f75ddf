using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Completeness;

/// <summary>
/// Looks each minute at what connections live on: tells it as metrics, and puts on record when something that a person has to renew is
/// about to end, and when it is renewed. Of several bots one looks; calls and budgets are those of its own.
/// </summary>
internal sealed class VitalsWatch : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly Actor Self = Actor.Service("health");

    private readonly ILedger ledger;
    private readonly TenantStates states;
    private readonly AssignedTenants tenants;
    private readonly IConnectionDirectory connections;
    private readonly VitalsReader vitals;
    private readonly TimeProvider clock;
    private readonly ILogger<VitalsWatch> logger;
    private readonly Meter meter;
    private readonly ConcurrentDictionary<TenantId, IReadOnlyList<(Connection Connection, ConnectionVitals Vitals)>> seen = new();

    public VitalsWatch(
        ILedger ledger, TenantStates states, AssignedTenants tenants, IConnectionDirectory connections, VitalsReader vitals,
        TimeProvider clock, IMeterFactory meters, ILogger<VitalsWatch> logger)
    {
        (this.ledger, this.states, this.tenants, this.connections) = (ledger, states, tenants, connections);
        (this.vitals, this.clock, this.logger) = (vitals, clock, logger);
        meter = meters.Create("DevOpsAI.Completeness");
        meter.CreateObservableGauge("connection.calls.failed", FailedShare, "1",
            "Of the last hundred calls over a connection, the share that the vendor did not answer.");
        meter.CreateObservableGauge("connection.answered.age", AnsweredAge, "s",
            "Since when the vendor has not answered over a connection.");
        meter.CreateObservableGauge("connection.budget.left", BudgetLeft, "1", "The share of the vendor's rate limit that is left.");
        meter.CreateObservableGauge("connection.expiry.in", ExpiryIn, "s",
            "Until something that a connection needs ends; negative when it has ended.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at all connections of one tenant.</summary>
    public async Task LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var pulses = (await states.GetAsync(tenant, cancellationToken)).Watch.Pulses;
        var all = new List<(Connection, ConnectionVitals)>();
        foreach (var connection in connections.All.Where(one => one.Tenant == tenant))
        {
            var found = await vitals.ReadAsync(connection, cancellationToken);
            all.Add((connection, found));
            var pulse = pulses.GetValueOrDefault(connection.Name) ?? new(null, null, 0);
            if (ExpiryRules.For(connection.Name, pulse, found.Expiries, clock.GetUtcNow()) is { } fact)
                await RecordAsync(connection, pulse, fact, cancellationToken);
        }
        seen[tenant] = all;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new TenantWorker(clock, LookEvery, (tenant, problem, _) => logger.VitalsFailed(tenant, problem)).RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                if (tenants.IsMine(tenant))
                    await LookAsync(tenant, stop);
                else
                    seen.TryRemove(tenant, out _);
                return NextRound.After(LookEvery);
            },
            stoppingToken);
    }

    /// <summary>Another instance that was faster has said it; what it did not say is said in the next round.</summary>
    private async Task RecordAsync(Connection connection, ConnectionPulse pulse, Fact fact, CancellationToken cancellationToken)
    {
        var stream = StreamId.Connection(connection.Name);
        var outcome = await ledger.AppendAsync(
            connection.Tenant, [new(stream, pulse.Version)], [new(stream, Self, CorrelationId.New(), fact)], cancellationToken);
        if (outcome is AppendResult.Appended && fact is ConnectionExpiring ending)
            logger.ConnectionExpires(connection.Tenant, connection.Name, ending.What, ending.EndsAt);
    }

    private IEnumerable<Measurement<double>> FailedShare() => All(
        static (vitals, _) => vitals.Calls is { Count: > 0 } calls ? (double)calls.Failed / calls.Count : null);

    private IEnumerable<Measurement<double>> AnsweredAge() => All(
        static (vitals, now) => (now - vitals.Calls?.LastAnswered)?.TotalSeconds);

    private IEnumerable<Measurement<double>> BudgetLeft() => All(
        static (vitals, _) => vitals.Budget is { } budget ? (double)budget.Left / budget.Of : null);

    private IEnumerable<Measurement<double>> ExpiryIn()
    {
        var now = clock.GetUtcNow();
        return seen.Values.SelectMany(static one => one).SelectMany(
            static one => one.Vitals.Expiries ?? [],
            (one, expiry) => new Measurement<double>(
                (expiry.At - now).TotalSeconds, [.. Tags(one.Connection), new("what", expiry.What)]));
    }

    private IEnumerable<Measurement<double>> All(Func<ConnectionVitals, DateTimeOffset, double?> read)
    {
        var now = clock.GetUtcNow();
        foreach (var (connection, found) in seen.Values.SelectMany(static one => one))
        {
            if (read(found, now) is { } value)
                yield return new(value, Tags(connection));
        }
    }

    /// <summary>As many as there are connections, and no more.</summary>
    private static KeyValuePair<string, object?>[] Tags(Connection connection) =>
        [new("connection", connection.Name), new("vendor", connection.Connector)];
}

using System.Collections.Concurrent;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>
/// Asks each vendor at intervals whether a connection works, sooner while it does not, and puts on record when one begins to fail and when
/// it works again. Of several bots one asks.
/// </summary>
internal sealed class HealthWatch : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly Actor Self = Actor.Service("health");

    private readonly ILedger ledger;
    private readonly TenantStates states;
    private readonly AssignedTenants tenants;
    private readonly IConnectionDirectory connections;
    private readonly InstalledConnectors installed;
    private readonly IOptions<CompletenessOptions> options;
    private readonly TimeProvider clock;
    private readonly ILogger<HealthWatch> logger;
    private readonly ConcurrentDictionary<string, (HealthCount Count, DateTimeOffset Next, Connection Asked)> known = new();

    public HealthWatch(
        ILedger ledger, TenantStates states, AssignedTenants tenants, IConnectionDirectory connections, InstalledConnectors installed,
        IOptions<CompletenessOptions> options, TimeProvider clock, ILogger<HealthWatch> logger)
    {
        (this.ledger, this.states, this.tenants, this.connections) = (ledger, states, tenants, connections);
        (this.installed, this.options, this.clock, this.logger) = (installed, options, clock, logger);
    }

    /// <summary>Asks the vendors of one tenant whose time has come, side by side.</summary>
    public async Task LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await states.GetAsync(tenant, cancellationToken);
        var due = connections.All.Where(connection => connection.Tenant == tenant && installed.CanAsk(connection.Connector)
            && IsDue(connection));
        await Task.WhenAll(due.Select(connection => AskAsync(connection, cancellationToken)));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new TenantWorker(clock, LookEvery, (tenant, problem, _) => logger.HealthFailed(tenant, problem))
            .LookAsync(tenants, LookAsync, stoppingToken);

    /// <summary>One whose settings have changed is asked at once.</summary>
    private bool IsDue(Connection connection) => !known.TryGetValue(connection.Name, out var last) || clock.GetUtcNow() >= last.Next
        || !last.Asked.Settings.SequenceEqual(connection.Settings);

    private async Task AskAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (await installed.AskAsync(connection, MaxWait, cancellationToken) is not { } outcome)
            return;
        var isSame = known.TryGetValue(connection.Name, out var last) && last.Asked.Settings.SequenceEqual(connection.Settings);
        var before = isSame ? last.Count : HealthCount.Good;
        var count = before.After(outcome);
        var next = count == HealthCount.Good ? options.Value.CheckEvery : LookEvery;
        known[connection.Name] = (count, clock.GetUtcNow() + next, connection);
        var state = await states.GetAsync(connection.Tenant, cancellationToken);
        var pulse = state.Watch.Pulses.GetValueOrDefault(connection.Name) ?? new(null, null, 0);
        if (HealthRules.For(connection.Name, pulse, outcome, count) is not { } fact)
            return;
        var stream = StreamId.Connection(connection.Name);
        if (await ledger.AppendAsync(
            connection.Tenant, [new(stream, pulse.Version)], [new(stream, Self, CorrelationId.New(), fact)], cancellationToken)
            is not AppendResult.Appended)
            return; // looked at again in the next round
        if (fact is ConnectionFailing failing)
            logger.ConnectionFails(connection.Tenant, connection.Name, failing.Why);
        else
            logger.ConnectionWorks(connection.Tenant, connection.Name);
    }
}

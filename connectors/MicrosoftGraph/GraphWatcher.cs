using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Watches over every connection to Graph whose tenant this instance works for: reads what it has no notifications of, and keeps the
/// subscription to what it has.
/// </summary>
internal sealed class GraphWatcher(
    IConnectionDirectory connections, AssignedTenants tenants, GraphPoll poll, GraphSubscriptions subscriptions, GraphSignals signals,
    IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<GraphWatcher> logger) : BackgroundService
{
    /// <summary>How often what has no notifications is read.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    /// <summary>How often the subscription is looked after, unless Graph says that it has to be at once.</summary>
    public static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(15);

    /// <summary>How often it is looked whether there are other connections than before.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan NotMine = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Graph asks the address that it is to notify before it says yes, so the bot has to listen.
        if (!await StartedAsync(stoppingToken))
            return;
        var watched = new Dictionary<string, Watch>(StringComparer.OrdinalIgnoreCase);
        while (!stoppingToken.IsCancellationRequested)
        {
            var all = connections.All.Where(static one => one.Connector == GraphDescription.ConnectorName).ToList();
            foreach (var (name, watch) in watched.Where(one => !all.Exists(one.Value.IsOf)).ToList())
            {
                watched.Remove(name);
                await watch.EndAsync();
            }
            foreach (var connection in all.Where(one => !watched.ContainsKey(one.Name)))
                watched[connection.Name] = Begin(connection, stoppingToken);
            await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        foreach (var watch in watched.Values)
            await watch.EndAsync();
    }

    private Watch Begin(Connection connection, CancellationToken stopping)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        return new(connection, Task.WhenAll(ReadAsync(connection, ended.Token), KeepAsync(connection, ended.Token)), ended);
    }

    /// <summary>One connection as it is watched; with other settings it is another watch.</summary>
    private sealed record Watch(Connection Connection, Task Work, CancellationTokenSource Ended)
    {
        public bool IsOf(Connection one) => one.Name == Connection.Name && one.Tenant == Connection.Tenant
            && one.Settings.Count == Connection.Settings.Count
            && one.Settings.All(pair => Connection.Settings.GetValueOrDefault(pair.Key) == pair.Value);

        public async Task EndAsync()
        {
            await Ended.CancelAsync();
            await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Ended.Dispose();
        }
    }

    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = lifetime.ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, Task.Delay(Timeout.InfiniteTimeSpan, clock, stopping));
        return started.Task.IsCompleted;
    }

    private Task ReadAsync(Connection connection, CancellationToken stopping) => RepeatAsync(
        connection,
        async stop =>
        {
            var wait = await poll.ReadAsync(connection, stop);
            return NextRound.After(wait > ReadEvery ? wait.Value : ReadEvery);
        },
        stopping);

    private Task KeepAsync(Connection connection, CancellationToken stopping)
    {
        if (GraphSettings.Text(connection, GraphSettings.Notifications) is null)
            return Task.CompletedTask;
        var isHurried = false;
        return RepeatAsync(connection, KeepAsync, stopping);

        async Task<NextRound> KeepAsync(CancellationToken stop)
        {
            var outcome = await subscriptions.KeepAsync(connection, isHurried, stop);
            if (outcome is CallOutcome<GraphSubscription>.Done)
            {
                isHurried = false;
                poll.Heard(connection);
            }
            else
                logger.NotSubscribed(connection.Name, outcome.Reason);
            return new NextRound(
                outcome is CallOutcome<GraphSubscription>.NotDone(_, { } wait) && wait < KeepEvery ? wait : KeepEvery,
                async waiting =>
                {
                    await signals.WaitAsync(connection.Name, waiting);
                    isHurried = true;
                });
        }
    }

    private Task RepeatAsync(Connection connection, Func<CancellationToken, Task<NextRound>> round, CancellationToken stopping) =>
        new TenantWorker(clock, FirstPause, (_, problem, _) => logger.WatchFailed(connection.Name, problem)).RepeatAsync(
            connection.Tenant,
            async stop => await tenants.IsMineOrEmptyAsync(connection.Tenant, stop) ? await round(stop) : NextRound.After(NotMine),
            stopping);
}

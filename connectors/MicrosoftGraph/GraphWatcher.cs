using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
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

    private static readonly TimeSpan NotMine = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Connection> own = [.. connections.All.Where(static one => one.Connector == GraphDescription.ConnectorName)];
        // Graph asks the address that it is to notify before it says yes, so the bot has to listen.
        if (own.Count == 0 || !await StartedAsync(stoppingToken))
            return;
        await Task.WhenAll(own.SelectMany(one => (Task[])[ReadAsync(one, stoppingToken), KeepAsync(one, stoppingToken)]));
    }

    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = lifetime.ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, Task.Delay(Timeout.InfiniteTimeSpan, clock, stopping));
        return started.Task.IsCompleted;
    }

    private Task ReadAsync(Connection connection, CancellationToken stopping) => RepeatAsync(connection, stopping, async stop =>
    {
        var wait = await poll.ReadAsync(connection, stop);
        return NextRound.After(wait > ReadEvery ? wait.Value : ReadEvery);
    });

    private Task KeepAsync(Connection connection, CancellationToken stopping)
    {
        if (GraphSettings.Text(connection, GraphSettings.Notifications) is null)
            return Task.CompletedTask;
        var isHurried = false;
        return RepeatAsync(connection, stopping, async stop =>
        {
            var outcome = await subscriptions.KeepAsync(connection, isHurried, stop);
            isHurried = false;
            if (outcome is not CallOutcome<GraphSubscription>.Done)
                logger.NotSubscribed(connection.Name, Reason(outcome));
            return new NextRound(
                outcome is CallOutcome<GraphSubscription>.NotDone(_, { } wait) && wait < KeepEvery ? wait : KeepEvery,
                async waiting =>
                {
                    await signals.WaitAsync(connection.Name, waiting);
                    isHurried = true;
                });
        });
    }

    private Task RepeatAsync(Connection connection, CancellationToken stopping, Func<CancellationToken, Task<NextRound>> round) =>
        new TenantWorker(clock, FirstPause, (_, problem, _) => logger.WatchFailed(connection.Name, problem)).RepeatAsync(
            connection.Tenant,
            async stop => await tenants.IsMineOrEmptyAsync(connection.Tenant, stop) ? await round(stop) : NextRound.After(NotMine),
            stopping);

    private static string Reason(CallOutcome<GraphSubscription> outcome) => outcome switch
    {
        CallOutcome<GraphSubscription>.Refused(_, var message) => message,
        CallOutcome<GraphSubscription>.NotDone(var message, _) => message,
        CallOutcome<GraphSubscription>.Unknown(var message) => message,
        _ => "",
    };
}

using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.Toolkit.Polling;

/// <summary>
/// Reads the lists of every connection whose vendor can be asked for events, each at its own pace: a vendor that fails or hangs holds up
/// nobody but itself. Of several bots, the one that works for the tenant reads.
/// </summary>
internal sealed class EventPolling(
    EventPoller poller, IEnumerable<IPolledSource> sources, IConnectionDirectory connections, AssignedTenants tenants, TimeProvider clock,
    ILogger<EventPolling> logger) : BackgroundService
{
    private static readonly TimeSpan LookForConnections = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NotMine = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Readings of one vendor's connections at once, which are what a reading takes in memory: many clients take no more than a few.
    /// </summary>
    private const int MaxReadings = 8;

    /// <summary>How long one reading may take, however many parts the list has.</summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, IPolledSource> sources =
        sources.ToDictionary(static one => one.Connector, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, SemaphoreSlim> readings =
        sources.ToDictionary(static one => one.Connector, static _ => new SemaphoreSlim(MaxReadings), StringComparer.OrdinalIgnoreCase);

    public override void Dispose()
    {
        base.Dispose();
        foreach (var one in readings.Values)
            one.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<(string Connection, string List), Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var connection in connections.All.Where(one => sources.ContainsKey(one.Connector)))
            {
                foreach (var list in sources[connection.Connector].Lists)
                {
                    if (!running.TryGetValue((connection.Name, list.Key), out var task) || task.IsCompleted)
                        running[(connection.Name, list.Key)] = KeepReadingAsync(connection, list, stoppingToken);
                }
            }
            await Task.Delay(LookForConnections, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(running.Values);
    }

    private Task KeepReadingAsync(Connection known, PolledList list, CancellationToken stopping)
    {
        var pause = FirstPause;
        var worker = new TenantWorker(clock, FirstPause, (_, problem, _) => logger.EventsNotRecorded(problem, known.Name));
        return worker.RepeatAsync(
            known.Tenant,
            async stop =>
            {
                // Whoever changed the connection changed how it is read from now on.
                if (connections.Named(known.Name) is not { } connection || connection.Tenant != known.Tenant
                    || !sources.TryGetValue(connection.Connector, out var source) || !source.Lists.Contains(list))
                    return NextRound.None;
                if (!await tenants.IsMineOrEmptyAsync(connection.Tenant, stop))
                    return NextRound.After(NotMine);
                var outcome = await PollAsync(connection, source, list, stop);
                if (outcome is CallOutcome<int>.Done)
                {
                    pause = FirstPause;
                    return NextRound.After(list.Every);
                }
                logger.EventsNotRead(known.Name, outcome.Reason);
                var next = outcome is CallOutcome<int>.NotDone { TryAgainIn: { } told } && told > pause ? told : pause;
                pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
                return NextRound.After(next);
            },
            stopping);
    }

    /// <summary>One that takes too long is ended before another begins.</summary>
    private async Task<CallOutcome<int>> PollAsync(Connection connection, IPolledSource source, PolledList list, CancellationToken stop)
    {
        var turn = readings[source.Connector];
        await turn.WaitAsync(stop);
        using var limit = new CancellationTokenSource(ReadWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await poller.PollAsync(connection, source, list, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new CallOutcome<int>.NotDone($"The list was not read within {ReadWithin.TotalMinutes:0} minutes.");
        }
        finally
        {
            turn.Release();
        }
    }
}

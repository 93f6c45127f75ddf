using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>
/// Reads the log of every vendor that keeps one, on from where the record stands, and hands what is in it to the
/// <see cref="ActionLogRecorder"/>.
/// </summary>
internal sealed class ActionPoller(
    ActionLogRecorder recorder, AssignedTenants tenants, IConnections connections, IOptions<CompletenessOptions> options,
    TimeProvider clock, ILogger<ActionPoller> logger, IHostApplicationLifetime? lifetime = null) : BackgroundService
{
    private const int PagesAtOnce = 50;
    private const int CursorLimit = 200;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NotMine = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan VendorTimeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Reads on from where the record stands to the end of the log; false when the vendor or the ledger cannot be asked now.
    /// </summary>
    public async Task<bool> PollAsync(TenantId tenant, Connection connection, CancellationToken cancellationToken)
    {
        for (var page = 0; page < PagesAtOnce; page++)
        {
            var (read, more) = await ReadOnceAsync(tenant, connection, cancellationToken);
            if (!read || !more)
                return read;
        }
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
            return;
        await Task.WhenAll(tenants.All
            .SelectMany(tenant => connections.For(tenant.Id)
                .Where(connection => connections.GetConnector(connection) is IActionLog)
                .Select(connection => (tenant.Id, connection)))
            .Select(one => KeepPollingAsync(one.Id, one.connection, stoppingToken)));
    }

    /// <summary>A simulated vendor is served by this very process and is not there before; false when it stops instead.</summary>
    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        if (lifetime is null)
            return true;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = lifetime.ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, Task.Delay(Timeout.InfiniteTimeSpan, clock, stopping));
        return started.Task.IsCompleted;
    }

    private Task KeepPollingAsync(TenantId tenant, Connection connection, CancellationToken stopping)
    {
        var pause = FirstPause;
        var worker = new TenantWorker(clock, options.Value.PollEvery, (_, problem, _) => logger.PollFailed(connection.Name, problem));
        return worker.RepeatAsync(
            tenant,
            async stop =>
            {
                if (!await tenants.IsMineOrEmptyAsync(tenant, stop))
                    return NextRound.After(pause = NotMine);
                var isRead = await PollAsync(tenant, connection, stop);
                pause = isRead || pause * 2 > options.Value.PollEvery ? options.Value.PollEvery : pause * 2;
                return NextRound.After(pause);
            },
            stopping);
    }

    private async Task<(bool Read, bool More)> ReadOnceAsync(TenantId tenant, Connection connection, CancellationToken cancellationToken)
    {
        var position = await recorder.GetPositionAsync(tenant, connection, cancellationToken);
        var connector = connections.GetConnector(connection);
        if (connector is not IActionLog log)
            return (false, false);
        var result = await log.ReadLogAsync(connection, position?.Cursor, cancellationToken)
            .WaitAsync(VendorTimeout, clock, cancellationToken);
        if (result is not CallOutcome<ActionPage>.Done(var page))
        {
            logger.LogNotRead(connection.Name, result.Reason);
            return (false, false);
        }
        if (page.Cursor.Length is 0 or > CursorLimit)
            throw new InvalidOperationException($"The connector {connection.Connector} gave a cursor of {page.Cursor.Length} characters.");
        if (IsNews(position, page))
            await recorder.RecordAsync(tenant, connection, connector.IsSimulation, position, page, cancellationToken);
        return (true, page.More);
    }

    /// <summary>Something was found, or it is time to say that nothing was.</summary>
    private bool IsNews(PollPosition? position, ActionPage page) =>
        position is null || page.Gap || page.Actions.Count > 0
            || (clock.GetUtcNow() - position.At).Duration() >= options.Value.IdlePollEvery;
}

using DevOpsAI.Connections;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>
/// Reads the log of every vendor that keeps one, and puts on record how far it was read and what was found that no decision allows.
/// The position is the last <c>poll.advanced</c>, so of several bots one gets each part, and a crash anywhere means reading it again.
/// </summary>
internal sealed class ActionPoller(
    ILedger ledger, TenantStates states, ITenantDirectory tenants, ISubscribedTenants followed, IConnections connections,
    IOptions<CompletenessOptions> options, TimeProvider clock, ILogger<ActionPoller> logger, GatePolicies? policies = null,
    IHostApplicationLifetime? lifetime = null) : BackgroundService
{
    public static readonly Actor Self = Actor.Service("polling");

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
                if (!await followed.IsMineOrEmptyAsync(ledger, tenant, stop))
                    return NextRound.After(pause = NotMine);
                var isRead = await PollAsync(tenant, connection, stop);
                pause = isRead || pause * 2 > options.Value.PollEvery ? options.Value.PollEvery : pause * 2;
                return NextRound.After(pause);
            },
            stopping);
    }

    private async Task<(bool Read, bool More)> ReadOnceAsync(TenantId tenant, Connection connection, CancellationToken cancellationToken)
    {
        var position = (await states.GetAsync(tenant, cancellationToken)).Watch.Polls.GetValueOrDefault(connection.Name);
        var connector = connections.GetConnector(connection);
        if (connector is not IActionLog log)
            return (false, false);
        var result = await log.ReadLogAsync(connection, position?.Cursor, cancellationToken)
            .WaitAsync(VendorTimeout, clock, cancellationToken);
        if (result is not CallOutcome<ActionPage>.Done(var page))
        {
            logger.LogNotRead(connection.Name, GetReason(result));
            return (false, false);
        }
        if (page.Cursor.Length is 0 or > CursorLimit)
            throw new InvalidOperationException($"The connector {connection.Connector} gave a cursor of {page.Cursor.Length} characters.");
        // Only now: whatever of ours is in the log was on record before it got there.
        var state = await states.GetAsync(tenant, cancellationToken);
        if (IsNews(position, page) && state.Watch.Polls.GetValueOrDefault(connection.Name)?.Version == position?.Version)
            await RecordAsync(state, connection, connector.IsSimulation, position, page, cancellationToken);
        return (true, page.More);
    }

    /// <summary>Something was found, or it is time to say that nothing was.</summary>
    private bool IsNews(PollPosition? position, ActionPage page) =>
        position is null || page.Gap || page.Actions.Count > 0
            || (clock.GetUtcNow() - position.At).Duration() >= options.Value.IdlePollEvery;

    private async Task RecordAsync(
        TenantState state, Connection connection, bool simulated, PollPosition? position, ActionPage page,
        CancellationToken cancellationToken)
    {
        var tenant = state.Tenant;
        var watch = await WatchAsync(state, page, cancellationToken);
        List<SeenOperation> ours = [];
        List<OutOfBandChange> foreign = [];
        foreach (var action in page.Actions)
        {
            if (OutOfBand.CheckOurs(watch, action) is { } why)
            {
                foreign.Add(Change(connection, action, why, simulated));
                continue;
            }
            ours.Add(new(action.OperationId!, action.Id));
            watch = watch.Saw(action.OperationId!, action.Id);
        }
        var stream = StreamId.Poll(connection.Name);
        var correlation = Guid.NewGuid().ToString("n");
        Fact[] facts = [new PollAdvanced(connection.Name, position?.Cursor, page.Cursor, page.Actions.Count, ours, page.Gap), .. foreign];
        List<NewEntry> entries = [.. facts.Select(fact => new NewEntry(stream, Self, correlation, fact))];
        // With what was found, so that nothing of the tenant runs between the two.
        if (policies?.For(tenant).DueFor(state, foreign) is { } freeze)
            entries.Add(new(StreamId.Freeze, Self, correlation, freeze));
        var appended = await ledger.AppendAsync(tenant, [new(stream, position?.Version ?? 0)], entries, cancellationToken);
        if (appended is not AppendResult.Appended)
            return;
        foreach (var change in foreign)
            logger.OutOfBandChange(tenant, connection.Name, change.Action, change.ActionId);
        if (page.Gap)
            logger.LogHasGap(connection.Name);
    }

    /// <summary>What was done long ago may only be read about now.</summary>
    private async ValueTask<ConnectionWatch> WatchAsync(TenantState state, ActionPage page, CancellationToken cancellationToken)
    {
        var watch = state.Watch;
        foreach (var id in page.Actions.Select(static action => action.OperationId is { } run ? RunIds.GetIncident(run) : null)
            .OfType<string>().Distinct())
        {
            if (await states.IncidentAsync(state, id, cancellationToken) is { } incident)
                watch = watch.Knowing(incident.Proposal);
        }
        return watch;
    }

    private static OutOfBandChange Change(Connection connection, VendorAction action, string why, bool simulated) => new(
        connection.Name,
        EventText.BoundedKey(action.Id),
        action.OperationId is { Length: > 0 } operation ? EventText.Bounded(operation, EventText.KindLimit) : null,
        EventText.Bounded(action.Action, EventText.KindLimit),
        action.Target with { Name = EventText.Bounded(action.Target.Name, EventText.DeviceLimit),
            Client = EventText.Bounded(action.Target.Client, EventText.DeviceLimit) },
        EventText.Bounded(action.By, EventText.DeviceLimit),
        action.At,
        EventText.Bounded(action.Detail, EventText.TitleLimit),
        why,
        simulated)
    {
        WithOurCredentials = action.WithOurCredentials,
    };

    private static string GetReason(CallOutcome<ActionPage> result) => result switch
    {
        CallOutcome<ActionPage>.Refused refused => refused.Message,
        CallOutcome<ActionPage>.NotDone notDone => notDone.Message,
        CallOutcome<ActionPage>.Unknown unknown => unknown.Message,
        _ => "",
    };
}

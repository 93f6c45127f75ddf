using DevOpsAI.Connections;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Completeness;

/// <summary>
/// Puts on record how far a vendor's log was read and what was found there that no decision allows. The position is the last
/// <c>poll.advanced</c>, so of several bots one gets each part, and a crash anywhere means reading it again.
/// </summary>
internal sealed class ActionLogRecorder(
    ILedger ledger, TenantStates states, ILogger<ActionLogRecorder> logger, GatePolicies? policies = null)
{
    public static readonly Actor Self = Actor.Service("polling");

    /// <summary>How far the connection's log was read; null before the first time.</summary>
    public async ValueTask<PollPosition?> GetPositionAsync(
        TenantId tenant, Connection connection, CancellationToken cancellationToken) =>
        GetPosition(await states.GetAsync(tenant, cancellationToken), connection);

    /// <summary>
    /// Records the page, what of it was ours and what no decision allows, unless another instance has advanced the position meanwhile.
    /// </summary>
    /// <param name="simulated">The vendor is a simulation.</param>
    /// <param name="position">From where the page was read.</param>
    public async Task RecordAsync(
        TenantId tenant, Connection connection, bool simulated, PollPosition? position, ActionPage page,
        CancellationToken cancellationToken)
    {
        // Only now: whatever of ours is in the log was on record before it got there.
        var state = await states.GetAsync(tenant, cancellationToken);
        if (GetPosition(state, connection)?.Version != position?.Version)
            return;
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
        var correlation = CorrelationId.New();
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

    private static PollPosition? GetPosition(TenantState state, Connection connection) =>
        state.Watch.Polls.GetValueOrDefault(connection.Name);

    /// <summary>What was done long ago may only be read about now.</summary>
    private async ValueTask<ConnectionWatch> WatchAsync(TenantState state, ActionPage page, CancellationToken cancellationToken)
    {
        var watch = state.Watch;
        foreach (var id in page.Actions.Select(static action => action.OperationId is { } run ? RunIds.GetIncident(run) : null)
            .OfType<IncidentId>().Distinct())
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
}

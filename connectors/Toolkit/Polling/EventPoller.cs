using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.Toolkit.Polling;

/// <summary>
/// Reads one list of a connection once and has what it holds recorded. The cursor moves only when all of it is on record, so whatever
/// ends in the middle is read again, and an event that a webhook told as well is on record once.
/// </summary>
internal sealed class EventPoller(PollCursors cursors, IMediator mediator, DeliveryReceipts receipts, ILogger<EventPoller> logger)
{
    private const int AtOnce = 100;

    /// <returns>The way the reading ended; done with the number of events that were new.</returns>
    public async Task<CallOutcome<int>> PollAsync(
        Connection connection, IPolledSource source, PolledList list, CancellationToken cancellationToken)
    {
        var position = await cursors.FindAsync(connection, list.Key, cancellationToken);
        var outcome = await source.ReadAsync(connection, list.Key, position, cancellationToken);
        if (outcome is not CallOutcome<PolledEvents>.Done(var read))
            return outcome.As<int>();
        foreach (var why in read.Unreadable)
            logger.NotAnEvent(connection.Name, why);
        var added = 0;
        foreach (var part in read.Events.Chunk(AtOnce))
            added += await RecordAsync(connection, part, cancellationToken);
        if (read.Position is { } next)
            await cursors.SaveAsync(connection, list.Key, next, cancellationToken);
        if (added > 0)
            logger.EventsFound(added, connection.Name);
        return new CallOutcome<int>.Done(added);
    }

    private async Task<int> RecordAsync(Connection connection, ConnectorEvent[] events, CancellationToken cancellationToken)
    {
        try
        {
            var recorded = await mediator.Send(
                new ReceiveEvents(connection.Tenant, connection.Name, false, events, CorrelationId.New()), cancellationToken);
            var duplicates = recorded.Count(static one => one.Duplicate);
            if (recorded.Count > duplicates)
                receipts.Accepted(connection, recorded.Count - duplicates, duplicates);
            return recorded.Count - duplicates;
        }
        catch (UnrecordableEventException unfit) when (events.Length == 1)
        {
            // It would be so each time, and hold up all that come after it.
            logger.NotAnEvent(connection.Name, unfit.Message);
            return 0;
        }
        catch (UnrecordableEventException)
        {
            var added = 0;
            foreach (var one in events)
                added += await RecordAsync(connection, [one], cancellationToken);
            return added;
        }
    }
}

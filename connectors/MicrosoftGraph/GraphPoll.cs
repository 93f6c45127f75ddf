using System.Collections.Concurrent;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Reads what a connection watches, on from where it was read to, and has it recorded. A little of what was read before is read again,
/// since Graph shows changes late and in any order; what is on record already is recorded once.
/// </summary>
internal sealed class GraphPoll(
    GraphAlerts alerts, GraphIssues issues, GraphRisks risks, GraphPositions positions, IMediator mediator, DeliveryReceipts receipts,
    TimeProvider clock, ILogger<GraphPoll> logger)
{
    /// <summary>How far back a connection is read the first time.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromHours(1);

    /// <summary>How much of what was read before is read again.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>How often it is put on record that a connection has nothing to tell.</summary>
    public static readonly TimeSpan HeardEvery = TimeSpan.FromHours(1);

    private const int RecordedAtOnce = 100;

    /// <summary>What the last round found, by connection and what is watched; read again it says nothing new.</summary>
    private readonly ConcurrentDictionary<(string Connection, string What), HashSet<string>> seen = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> heard = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One round; how long Graph wants to be left alone after it, where it says so.</summary>
    public async Task<TimeSpan?> ReadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var watched = GraphWatch.Parse(GraphSettings.Text(connection, GraphSettings.Watched)) ?? [];
        TimeSpan? wait = null;
        var isRead = true;
        foreach (var what in watched.Where(static one => one != GraphWatch.Users))
        {
            var outcome = what == GraphWatch.Health
                ? await ReadIssuesAsync(connection, cancellationToken)
                : await ReadChangesAsync(connection, what, cancellationToken);
            if (outcome is CallOutcome<int>.Done)
                continue;
            isRead = false;
            logger.NotWatched(what, connection.Name, outcome.Reason);
            wait = outcome is CallOutcome<int>.NotDone(_, { } told) && told > (wait ?? TimeSpan.Zero) ? told : wait;
        }
        // Changes of users are heard of as long as the subscription is in order, which is not looked at here.
        if (isRead && !watched.Contains(GraphWatch.Users))
            Heard(connection);
        return wait;
    }

    /// <summary>That nothing is to be told is something heard, too: put on record now and then, or it would fill the ledger.</summary>
    public void Heard(Connection connection)
    {
        var now = clock.GetUtcNow();
        var every = connection.StaleAfter is { } stale && stale > TimeSpan.Zero && stale / 2 < HeardEvery ? stale / 2 : HeardEvery;
        if (heard.TryGetValue(connection.Name, out var last) && now - last < every)
            return;
        heard[connection.Name] = now;
        receipts.Accepted(connection, 0, 0);
    }

    private async Task<CallOutcome<int>> ReadChangesAsync(Connection connection, string what, CancellationToken cancellationToken)
    {
        var (position, tag) = await positions.FindAsync(connection, cancellationToken);
        var known = position.Read.TryGetValue(what, out var until) ? until : clock.GetUtcNow() - FirstLook + Overlap;
        var since = known - Overlap;
        var outcome = what switch
        {
            GraphWatch.Alerts => await alerts.AlertsAsync(connection, since, cancellationToken),
            GraphWatch.Incidents => await alerts.IncidentsAsync(connection, since, cancellationToken),
            _ => await risks.UsersAsync(connection, since, cancellationToken),
        };
        if (outcome is not CallOutcome<IReadOnlyList<GraphFound>>.Done(var found))
            return outcome.As<int>();
        await RecordNewsAsync(connection, what, [.. found.OrderBy(static one => one.Updated)], cancellationToken);
        // What is dated ahead is no place to go on from: all that comes until then would be passed over.
        var now = clock.GetUtcNow();
        var latest = found.Select(one => one.Updated < now ? one.Updated : now).Append(known).Max();
        if (latest > known || !position.Read.ContainsKey(what))
        {
            position.Read[what] = latest;
            await positions.SaveAsync(connection, position, tag, cancellationToken);
        }
        return new CallOutcome<int>.Done(found.Count);
    }

    private async Task<CallOutcome<int>> ReadIssuesAsync(Connection connection, CancellationToken cancellationToken)
    {
        var (position, tag) = await positions.FindAsync(connection, cancellationToken);
        var outcome = await issues.OpenAsync(connection, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<GraphFound>>.Done(var open))
            return outcome.As<int>();
        List<GraphFound> found = [.. open];
        HashSet<string> ids = [.. open.Select(static one => one.Event.Attributes["issueId"])];
        foreach (var id in position.OpenIssues.Where(id => !ids.Contains(id)))
        {
            var ended = await issues.ReadAsync(connection, id, cancellationToken);
            if (ended is CallOutcome<GraphFound>.Done(var end))
                found.Add(end);
            else if (ended is not CallOutcome<GraphFound>.Refused("gone", _))
                return ended.As<int>();
        }
        await RecordNewsAsync(connection, GraphWatch.Health, found, cancellationToken);
        if (!ids.SetEquals(position.OpenIssues))
        {
            var now = position with { OpenIssues = [.. ids.Order(StringComparer.Ordinal)] };
            await positions.SaveAsync(connection, now, tag, cancellationToken);
        }
        return new CallOutcome<int>.Done(found.Count);
    }

    private async Task RecordNewsAsync(
        Connection connection, string what, IReadOnlyList<GraphFound> found, CancellationToken cancellationToken)
    {
        var before = seen.GetValueOrDefault((connection.Name, what)) ?? [];
        foreach (var part in found.Where(one => !before.Contains(one.Key)).Select(static one => one.Event).Chunk(RecordedAtOnce))
        {
            try
            {
                await RecordAsync(connection, part, cancellationToken);
            }
            catch (UnrecordableEventException) when (part.Length > 1)
            {
                // One that cannot be put on record must not keep the others from it.
                foreach (var one in part)
                    await RecordAloneAsync(connection, one, cancellationToken);
            }
            catch (UnrecordableEventException unfit)
            {
                NotTaken(connection, unfit);
            }
        }
        seen[(connection.Name, what)] = [.. found.Select(static one => one.Key)];
    }

    private async Task RecordAloneAsync(Connection connection, ConnectorEvent one, CancellationToken cancellationToken)
    {
        try
        {
            await RecordAsync(connection, [one], cancellationToken);
        }
        catch (UnrecordableEventException unfit)
        {
            NotTaken(connection, unfit);
        }
    }

    private void NotTaken(Connection connection, UnrecordableEventException unfit)
    {
        logger.NotWatched("An event", connection.Name, unfit.Message);
        receipts.NotTaken(connection, 400);
    }

    private async Task RecordAsync(Connection connection, IReadOnlyList<ConnectorEvent> events, CancellationToken cancellationToken)
    {
        var recorded = await mediator.Send(
            new ReceiveEvents(connection.Tenant, connection.Name, false, events, CorrelationId.New()), cancellationToken);
        var added = recorded.Count(static one => !one.Duplicate);
        if (added > 0)
            receipts.Accepted(connection, added, 0);
    }
}

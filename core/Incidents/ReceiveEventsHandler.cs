using DevOpsAI.Execution;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Vault;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

/// <summary>
/// Appends a batch whole or not at all. The ledger itself finds duplicates: each event is the first entry of a stream of its own,
/// so one that is on record already is a conflict, and the usual new event costs one append and no read.
/// </summary>
internal sealed class ReceiveEventsHandler(ILedger ledger, IKeyRing keys, IAlertParts parts, ICrashPoints crashPoints, ILogger<ReceiveEventsHandler> logger)
    : IRequestHandler<ReceiveEvents, IReadOnlyList<EventReceipt>>
{
    public async Task<IReadOnlyList<EventReceipt>> Handle(ReceiveEvents request, CancellationToken cancellationToken)
    {
        var ids = request.Events.Select(sent => EventKeys.EventId(request.Connection, sent.SourceId)).ToList();
        // The same event twice in one batch counts once, like the same event in two batches.
        var pending = new OrderedDictionary<string, EventReceived>(request.Events.Count);
        foreach (var (position, (id, sent)) in ids.Zip(request.Events).Index())
            pending.TryAdd(id, await RecordAsync(id, sent, position, request, cancellationToken));
        var added = await AppendNewAsync(request, pending, cancellationToken);
        var receipts = new List<EventReceipt>(ids.Count);
        receipts.AddRange(ids.Select(id => new EventReceipt(id, !added.Remove(id))));
        return receipts;
    }

    /// <summary>Appends the events that are not on record yet and answers their ids.</summary>
    private async Task<HashSet<string>> AppendNewAsync(
        ReceiveEvents request, OrderedDictionary<string, EventReceived> pending, CancellationToken cancellationToken)
    {
        var actor = Actor.Connection(request.Connection);
        var duplicates = 0;
        while (pending.Count > 0)
        {
            var expected = pending.Keys.Select(id => new StreamVersion(StreamId.Event(id), 0)).ToArray();
            var entries = pending.Select(pair => new NewEntry(StreamId.Event(pair.Key), actor, request.Correlation, pair.Value)).ToArray();
            if (await ledger.AppendAsync(request.Tenant, expected, entries, cancellationToken) is not AppendResult.Conflict conflict)
            {
                crashPoints.Reach(CrashPoint.EventAppended);
                logger.EventsReceived(request.Connection, entries.Length, duplicates);
                return [.. pending.Keys];
            }
            duplicates += await RemoveKnownAsync(request.Tenant, pending, conflict, cancellationToken);
        }
        if (duplicates > 0)
            logger.EventsReceived(request.Connection, 0, duplicates);
        return [];
    }

    /// <summary>
    /// Takes out what the conflict names. A group that is delivered again is mostly duplicates, so the first conflict makes it worth
    /// looking the others up rather than meeting them one conflict at a time.
    /// </summary>
    private async Task<int> RemoveKnownAsync(
        TenantId tenant, OrderedDictionary<string, EventReceived> pending, AppendResult.Conflict conflict, CancellationToken cancellationToken)
    {
        var before = pending.Count;
        if (!pending.Remove(conflict.Stream.Value["event/".Length..]))
            throw new LedgerUnavailableException($"The ledger reported a conflict on {conflict.Stream}, which this append does not name.");
        foreach (var id in pending.Keys.ToList())
        {
            if ((await ledger.ReadStreamAsync(tenant, StreamId.Event(id), cancellationToken)).Count > 0)
                pending.Remove(id);
        }
        return before - pending.Count;
    }

    private async ValueTask<EventReceived> RecordAsync(string id, ConnectorEvent sent, int position, ReceiveEvents request, CancellationToken cancellationToken)
    {
        var kind = EventText.Bounded(sent.Kind, EventText.KindLimit);
        var device = string.IsNullOrWhiteSpace(sent.Device) ? null : EventText.Bounded(sent.Device, EventText.DeviceLimit);
        var attributes = EventText.Bounded(sent.Attributes);
        var user = sent.AboutUser && device is not null ? await keys.OfUserAsync(request.Tenant, device, cancellationToken) : null;
        var part = parts.PartOf(kind, device, attributes);
        return new(
            id,
            request.Connection,
            EventText.BoundedKey(sent.SourceId),
            sent.Status,
            sent.Severity,
            kind,
            device,
            EventText.Bounded(sent.Title, EventText.TitleLimit),
            sent.Description is { } description ? EventText.Bounded(description, EventText.DescriptionLimit) : null,
            // Two sources may use the same key for different alerts.
            EventText.BoundedKey($"{request.Connection}:{(user is null ? sent.AlertKey : EventKeys.Hidden(user, sent.AlertKey))}{(sent.KeyIsCoarse && part is not null ? "|" + (user is null ? part : EventKeys.Hidden(user, part)) : "")}"),
            user is null ? EventKeys.Correlation(kind, device, part) : EventKeys.OfUser(kind, user, part),
            EventKeys.Cause(kind),
            sent.OccurredAt,
            request.Simulated,
            attributes,
            sent.AboutUser && device is not null ? true : null,
            user?.Id)
        {
            Delivery = request.Delivery is { } digest ? new(digest, position, request.Events.Count) : null,
        };
    }
}

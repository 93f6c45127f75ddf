using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

/// <summary>
/// Appends a batch whole or not at all. The ledger itself finds duplicates: each event is the first entry of a stream of its own,
/// so one that is on record already is a conflict, and the usual new event costs one append and no read. What cannot be recorded however
/// often it is sent is an <see cref="UnrecordableEventException"/>, so that nobody sends it for ever.
/// </summary>
internal sealed class ReceiveEventsHandler(
    ILedger ledger, TenantStates states, IKeyRing keys, IAlertParts parts, IEnumerable<IEventEchoes> echoes,
    ILogger<ReceiveEventsHandler> logger)
    : IRequestHandler<ReceiveEvents, IReadOnlyList<EventReceipt>>
{
    private const int Tries = 10;

    public async Task<IReadOnlyList<EventReceipt>> Handle(ReceiveEvents request, CancellationToken cancellationToken)
    {
        var ids = request.Events.Select(sent => EventKeys.EventId(request.Connection, sent.SourceId)).ToList();
        // The same event twice in one batch counts once, like the same event in two batches.
        var pending = new OrderedDictionary<string, EventReceived>(request.Events.Count);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (position, (id, sent)) in ids.Zip(request.Events).Index())
            pending.TryAdd(id, await RecordAsync(id, sent, position, request, told, cancellationToken));
        var added = await AppendNewAsync(request, pending, cancellationToken);
        var receipts = new List<EventReceipt>(ids.Count);
        foreach (var id in ids)
            receipts.Add(added.Remove(id, out var recorded) ? new(recorded, false) : new(id, true));
        return receipts;
    }

    /// <summary>Appends what is news and answers the ids that it got, by the ids that were made of what was sent.</summary>
    private async Task<Dictionary<string, string>> AppendNewAsync(
        ReceiveEvents request, OrderedDictionary<string, EventReceived> sent, CancellationToken cancellationToken)
    {
        var actor = Actor.Connection(request.Connection);
        IReadOnlyList<SaidAgain> news = [.. sent.Select(static pair => new SaidAgain(pair.Key, pair.Value, IsKnown: false))];
        for (var attempt = 0; attempt < Tries && news.Count > 0; attempt++)
        {
            var expected = news.Select(one => new StreamVersion(StreamId.Event(one.Event.EventId), 0)).ToArray();
            var entries = news.Select(one => new NewEntry(StreamId.Event(one.Event.EventId), actor, request.Correlation, one.Event))
                .ToArray();
            if (await AppendAsync(request.Tenant, expected, entries, cancellationToken) is not AppendResult.Conflict conflict)
            {
                Failpoints.Hit(Failpoint.EventAppended);
                logger.EventsReceived(request.Connection, entries.Length, sent.Count - entries.Length);
                return news.ToDictionary(static one => one.SentId, static one => one.Event.EventId);
            }
            if (!expected.Any(stream => stream.Stream == conflict.Stream))
                throw new LedgerUnavailableException(
                    $"The ledger reported a conflict on {conflict.Stream}, which this append does not name.");
            news = await FindNewsAsync(request.Tenant, sent, cancellationToken);
        }
        if (news.Count > 0)
            throw new LedgerUnavailableException($"Others recorded the same alerts {Tries} times at this moment; nothing was recorded.");
        logger.EventsReceived(request.Connection, 0, sent.Count);
        return [];
    }

    private async ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            return await ledger.AppendAsync(tenant, expected, entries, cancellationToken);
        }
        catch (ArgumentException unfit)
        {
            throw new UnrecordableEventException(null, $"It cannot be recorded: {unfit.Message}", unfit);
        }
    }

    /// <summary>
    /// What of a batch is news, under ids that are free. A group that is delivered again is mostly duplicates, so the first conflict makes
    /// it worth looking all of it up rather than meeting them one conflict at a time.
    /// </summary>
    private async Task<IReadOnlyList<SaidAgain>> FindNewsAsync(
        TenantId tenant, OrderedDictionary<string, EventReceived> sent, CancellationToken cancellationToken)
    {
        var looked = new List<SaidAgain>(sent.Count);
        foreach (var (id, received) in sent)
            looked.Add(new(id, received, (await ledger.ReadStreamAsync(tenant, StreamId.Event(id), cancellationToken)).Count > 0));
        return Restatements.News(await states.GetAsync(tenant, cancellationToken), looked);
    }

    private async ValueTask<EventReceived> RecordAsync(
        string id, ConnectorEvent sent, int position, ReceiveEvents request, HashSet<string> told, CancellationToken cancellationToken)
    {
        sent = await QuietAsync(sent, request, told, cancellationToken);
        var named = string.IsNullOrWhiteSpace(sent.Device) ? null : EventText.Bounded(sent.Device, EventText.DeviceLimit);
        var user = sent.AboutUser && named is not null ? await keys.OfUserAsync(request.Tenant, named, cancellationToken) : null;
        try
        {
            return Record(id, sent, named, user, position, request);
        }
        catch (Exception unexpected)
        {
            logger.EventUnfit(request.Connection, position, unexpected);
            throw new UnrecordableEventException(position, $"It cannot be recorded: {unexpected.Message}", unexpected);
        }
    }

    /// <summary>
    /// What tells of the bot's own writing is recorded for information: it opens nothing and is counted in digests. Of each operation that
    /// is one event: a person's answer in the same ticket still carries it, and is news.
    /// </summary>
    /// <param name="told">Operations that an event of this batch tells of.</param>
    private async ValueTask<ConnectorEvent> QuietAsync(
        ConnectorEvent sent, ReceiveEvents request, HashSet<string> told, CancellationToken cancellationToken)
    {
        // Only the bot says so; whoever sends it would have the real echo taken for news.
        if (sent.Attributes.ContainsKey(EchoesState.Attribute))
        {
            sent = sent with
            {
                Attributes = sent.Attributes.Where(static one => one.Key != EchoesState.Attribute).ToDictionary(),
            };
        }
        foreach (var source in echoes)
        {
            if (await source.FindAsync(request.Tenant, request.Connection, sent, cancellationToken) is not { } operation)
                continue;
            var heard = (await states.GetAsync(request.Tenant, cancellationToken)).Get<EchoesState>();
            if (heard.Has(request.Connection, operation) || !told.Add(operation))
                return sent;
            return sent with
            {
                Severity = Severity.Info,
                // First, since of many attributes the last are left out.
                Attributes = new[] { KeyValuePair.Create(EchoesState.Attribute, operation) }
                    .Concat(sent.Attributes).ToDictionary(),
            };
        }
        return sent;
    }

    /// <summary>Reads nothing but the event: what goes wrong here goes wrong each time.</summary>
    private EventReceived Record(string id, ConnectorEvent sent, string? device, DataKey? user, int position, ReceiveEvents request)
    {
        var kind = EventText.Bounded(sent.Kind, EventText.KindLimit);
        var attributes = EventText.Bounded(sent.Attributes);
        var part = sent.Part ?? parts.GetPart(kind, device, attributes);
        // Two sources may use the same key for different alerts.
        var alertKey = $"{request.Connection}:{Hidden(sent.AlertKey)}";
        if (sent.KeyIsCoarse && part is not null)
            alertKey += "|" + Hidden(part);
        // What has no key but what it names is one alert however it words it; what is about a user tells by whom.
        var inText = part is null && !sent.KeyIsCoarse && user is null && device is not null
            ? parts.GetPartInText(device, sent.Title)
            : null;
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
            EventText.BoundedKey(alertKey),
            user is null ? EventKeys.Correlation(kind, device, part ?? inText) : EventKeys.OfUser(kind, user, part),
            EventKeys.Cause(kind),
            sent.OccurredAt,
            request.Simulated,
            attributes,
            sent.AboutUser && device is not null ? true : null,
            user?.Id)
        {
            Delivery = request.Delivery is { } digest ? new(digest, position, request.Events.Count) : null,
            OwnCard = GetOwnCard(kind, sent, attributes, user is not null),
            PartIsInText = inText is null ? null : true,
            BeganAt = sent.StandsSince,
            IsTimedBySource = sent.IsTimedBySource ? true : null,
            KeyIsOccurrence = sent.KeyIsOccurrence ? true : null,
        };

        string Hidden(string text) => user is null ? text : EventKeys.Hidden(user, text);
    }

    private OwnCard? GetOwnCard(string kind, ConnectorEvent sent, Dictionary<string, string> attributes, bool isAboutUser)
    {
        if (sent.Severity == Severity.Info || sent.Status == EventStatus.Resolved)
            return null;
        if (SecurityAlerts.Is(kind, sent.Title, attributes))
            return OwnCard.Security;
        if (isAboutUser)
            return OwnCard.Person;
        return parts.HasPlan(kind, attributes) ? OwnCard.Plan : null;
    }
}

using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>
/// Deliveries: from the right sender alone, the same however often and in whatever order, the client's own, whatever is in them.
/// </summary>
internal static class EventChecks
{
    private const string Of = "webhook";

    private static IEnumerable<ConformanceCheck> All { get; } =
    [
        new("right-sender", Of, RightSenderAsync),
        new("wrong-signature", Of, WrongSenderAsync),
        new("duplicate-event", Of, DuplicateAsync),
        new("replayed-event", Of, ReplayedAsync),
        new("reordered-events", Of, ReorderedAsync),
        new("late-event", Of, static stage => TimeAsync(stage, TimeSpan.FromDays(-20))),
        new("clock-skew", Of, static stage => TimeAsync(stage, TimeSpan.FromHours(5))),
        new("other-company-event", Of, ForeignAsync),
        new("event-new-members", Of, NewMembersAsync),
        new("event-missing-members", Of, static stage => BentAsync(stage, static item => item.Clear())),
        new("event-retyped-members", Of, static stage => BentAsync(stage, Retype)),
        new("hostile-event", Of, HostileAsync),
    ];

    /// <summary>Those about hints are there for manifests that have them.</summary>
    public static IEnumerable<ConformanceCheck> For(WebhookManifest webhook) =>
    [
        .. All,
        .. webhook.Events.First(static one => !one.Ignore).Reread is null ? [] : HintChecks.Hints,
        .. webhook.Sender.FetchedKey is null ? [] : HintChecks.Keys,
    ];

    public static EventRule Rule(ConformanceStage stage) => stage.Manifest.Webhook!.Events.First(static one => !one.Ignore);

    public static JsonObject Item(ConformanceStage stage, string id = "5001", bool isEnd = false) =>
        stage.Documents.Event(Rule(stage), id, "SRV-CONF01", isEnd);

    public static WebhookRequest Request(ConformanceStage stage, params JsonObject[] items) =>
        SentDeliveries.Sign(stage, DeliverySamples.Body(stage, Rule(stage), items));

    public static Task<bool> AcceptsAsync(ConformanceStage stage, WebhookRequest request) =>
        stage.Subject.Events!.AcceptsAsync(stage.Connection, request, CancellationToken.None);

    private static async Task<Seen> RightSenderAsync(ConformanceStage stage)
    {
        var isLetIn = await AcceptsAsync(stage, Request(stage, Item(stage)));
        return Seen.If(isLetIn, $"A sender with the right proof was {Let(isLetIn)}.");
    }

    private static async Task<Seen> WrongSenderAsync(ConformanceStage stage)
    {
        var body = DeliverySamples.Body(stage, Rule(stage), [Item(stage)]);
        var right = SentDeliveries.Sign(stage, body);
        var isOther = await AcceptsAsync(stage, SentDeliveries.Sign(stage, body, "somebody-else"));
        var isNone = await AcceptsAsync(stage, SentDeliveries.WithoutProof(right, body));
        var isChanged = stage.Manifest.Webhook!.Sender.Proof is SenderProof.Hmac or SenderProof.FetchedKey
            && await AcceptsAsync(stage, right with { Body = (byte[])[.. body, (byte)' '] });
        return Seen.If(
            !isOther && !isNone && !isChanged,
            $"With another secret a sender was {Let(isOther)}, without proof {Let(isNone)}, "
            + $"with a signature of another body {Let(isChanged)}.");
    }

    private static string Let(bool isLetIn) => isLetIn ? "let in" : "turned away";

    public static async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(ConformanceStage stage, WebhookRequest request) =>
        await stage.Subject.Events!.ReadAsync(stage.Connection, request, CancellationToken.None);

    private static async Task<Seen> DuplicateAsync(ConformanceStage stage)
    {
        var once = await ReadAsync(stage, Request(stage, Item(stage)));
        var again = await ReadAsync(stage, Request(stage, Item(stage)));
        var other = await ReadAsync(stage, Request(stage, Item(stage, "6006")));
        return Seen.If(
            once is [var one] && again is [var same] && other is [var second] && one.SourceId == same.SourceId
                && one.SourceId != second.SourceId,
            $"The same event twice had the ids {Ids(once)} and {Ids(again)}, another one {Ids(other)}.");
    }

    private static async Task<Seen> ReplayedAsync(ConformanceStage stage)
    {
        var request = Request(stage, Item(stage));
        var once = await ReadAsync(stage, request);
        await Task.Delay(5);
        var again = await ReadAsync(stage, request);
        return Seen.If(
            once.Count == 1 && Ids(once) == Ids(again) && once[0].AlertKey == again[0].AlertKey,
            $"The same delivery later had the ids {Ids(once)} and {Ids(again)}: nothing of the time of arrival is in them.");
    }

    private static async Task<Seen> ReorderedAsync(ConformanceStage stage)
    {
        if (!VendorDocuments.HasEnd(Rule(stage)))
            return Seen.Nothing("The events tell no end.");
        var now = TimeProvider.System.GetUtcNow();
        var end = await ReadAsync(stage, Request(stage, At(stage, Item(stage, isEnd: true), now.AddMinutes(-2))));
        var begin = await ReadAsync(stage, Request(stage, At(stage, Item(stage), now.AddMinutes(-3))));
        var again = await ReadAsync(stage, Request(stage, At(stage, Item(stage, "6006"), now.AddMinutes(-1))));
        if (end is not [{ Status: EventStatus.Resolved } ended] || begin is not [{ Status: EventStatus.Firing } began]
            || again is not [{ } later] || ended.AlertKey != began.AlertKey || ended.SourceId == began.SourceId)
        {
            return Seen.If(
                false,
                $"The end before the beginning had the ids {Ids(end)} and {Ids(begin)}, and the keys {Keys(end)} and {Keys(begin)}.");
        }
        if (Rule(stage).At is null && !began.KeyIsOccurrence)
            return Seen.If(
                true, $"The end had the key of its beginning, {ended.AlertKey}. Nothing tells which came first: there is no time.");
        var isOver = EventOrder.IsOver(ended, began);
        var isLost = Rule(stage).At is not null && EventOrder.IsOver(ended, later with { AlertKey = ended.AlertKey });
        return Seen.If(
            isOver && !isLost,
            $"A beginning that came after its end was {(isOver ? "seen to be over" : "taken for a new one, that nothing ends")}; "
            + $"one that happened after it was {(isLost ? "lost" : "heard")}.");
    }

    private static JsonObject At(ConformanceStage stage, JsonObject item, DateTimeOffset time)
    {
        if (Rule(stage).At?.FirstPath is { } path)
            VendorDocuments.Set(item, path, JsonValue.Create($"{time:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        return item;
    }

    private static async Task<Seen> TimeAsync(ConformanceStage stage, TimeSpan away)
    {
        if (Rule(stage).At?.FirstPath is not { } path)
            return Seen.Nothing("The events tell no time.");
        var time = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().Add(away).ToUnixTimeSeconds());
        var item = Item(stage);
        VendorDocuments.Set(item, path, JsonValue.Create(time.ToString("O", null)));
        var read = await ReadAsync(stage, Request(stage, item));
        var usual = await ReadAsync(stage, Request(stage, Item(stage)));
        // A record that is told again for each change is named by the time of the change.
        var isNamedByTime = Rule(stage).Id!.Paths.SelectMany(static one => one).Contains(path);
        return Seen.If(
            read is [var one] && one.OccurredAt == time && (isNamedByTime || Ids(read) == Ids(usual)),
            $"An event of {time:O} was read as of {string.Join(", ", read.Select(static told => $"{told.OccurredAt:O}"))}.");
    }

    private static async Task<Seen> ForeignAsync(ConformanceStage stage)
    {
        var item = Item(stage);
        if (!stage.Documents.Disown(item, Rule(stage).Belongs))
            return Seen.Nothing("Each client has credentials of its own: nothing says whose an event is.");
        return await IsRefusedAsync(stage, Request(stage, item))
            ? Seen.If(true, "Another company's event was refused.")
            : Seen.If(false, "Another company's event was taken for the client's.");
    }

    private static async Task<Seen> NewMembersAsync(ConformanceStage stage)
    {
        var item = Item(stage);
        item["somethingNew"] = new JsonObject { ["of"] = new JsonArray(1, "two", null) };
        var read = await ReadAsync(stage, Request(stage, item));
        var usual = await ReadAsync(stage, Request(stage, Item(stage)));
        return Seen.If(Ids(read) == Ids(usual), $"With members that are new it had the ids {Ids(read)}.");
    }

    private static async Task<Seen> BentAsync(ConformanceStage stage, Action<JsonObject> bend)
    {
        var item = Item(stage);
        bend(item);
        return await IsRefusedAsync(stage, Request(stage, item))
            ? Seen.If(true, "It was refused with what is wrong with it.")
            : Seen.If(false, "It was taken, though nothing in it says what it is.");
    }

    private static void Retype(JsonObject item)
    {
        foreach (var name in item.Select(static one => one.Key).ToList())
            item[name] = new JsonArray(item[name]?.DeepClone());
    }

    private static async Task<Seen> HostileAsync(ConformanceStage stage)
    {
        var rule = Rule(stage);
        var item = Item(stage);
        foreach (var path in new[] { rule.Title, rule.Device, rule.Description }.Select(static one => one?.FirstPath).OfType<string>())
            VendorDocuments.Set(item, path, JsonValue.Create($"\u202E\u0007<at>everyone</at>{new string('x', 1 << 20)}"));
        var isWide = await IsRefusedAsync(stage, Request(stage, item));
        var deep = Encoding.UTF8.GetBytes(new string('[', 5000) + new string(']', 5000));
        var isDeep = await IsRefusedAsync(stage, SentDeliveries.Sign(stage, deep));
        var isBroken = await IsRefusedAsync(stage, SentDeliveries.Sign(stage, "{\"id\":\"\\ud800"u8.ToArray()));
        return Seen.If(
            isDeep && isBroken,
            $"Texts of 1 MB with control characters were {Read(isWide)}, 5,000 levels {Read(isDeep)}, half a character {Read(isBroken)}.");
    }

    private static string Read(bool isRefused) => isRefused ? "refused" : "read";

    private static async Task<bool> IsRefusedAsync(ConformanceStage stage, WebhookRequest request)
    {
        try
        {
            return (await ReadAsync(stage, request)).Count == 0;
        }
        catch (MalformedEventException)
        {
            return true;
        }
    }

    private static string Ids(IEnumerable<ConnectorEvent> events) => string.Join(", ", events.Select(static one => one.SourceId));

    private static string Keys(IEnumerable<ConnectorEvent> events) => string.Join(", ", events.Select(static one => one.AlertKey));
}

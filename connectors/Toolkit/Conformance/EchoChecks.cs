using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>
/// Events that come of the connector's own actions: known by the operation that the vendor was given, and by nothing else. One that is
/// taken for an echo by mistake is an alert that nobody sees.
/// </summary>
internal static class EchoChecks
{
    private const string OwnOperation = "CON-1042-x1-0";
    private const string OtherOperation = "other-tool-77";

    public static IEnumerable<ConformanceCheck> For(Manifest manifest)
    {
        foreach (var action in manifest.Actions.Keys.Order(StringComparer.Ordinal))
            yield return new("own-echo", action, stage => OwnAsync(stage, action));
        if (Ways(manifest).FirstOrDefault() is null)
            yield break;
        yield return new("foreign-operation", "events", ForeignAsync);
        yield return new("quoted-operation", "events", QuotedAsync);
    }

    /// <summary>A way in which an event comes: sent, or asked for.</summary>
    private sealed record Way(string Name, EventRule Rule, PollManifest? Poll);

    /// <summary>Those ways in which an event says of which operation it comes.</summary>
    private static IEnumerable<Way> Ways(Manifest manifest)
    {
        if (manifest.Webhook?.Events.FirstOrDefault(static one => !one.Ignore) is { Operation: not null } sent)
            yield return new("sent", sent, null);
        foreach (var poll in manifest.Polls)
        {
            if (poll.Events.First(static one => !one.Ignore) is { Operation: not null } polled)
                yield return new("asked for", polled, poll);
        }
    }

    /// <summary>The action is carried out, and the vendor tells it with what it was given.</summary>
    private static async Task<Seen> OwnAsync(ConformanceStage stage, string action)
    {
        if (!Ways(stage.Manifest).Any())
            return Seen.Nothing("No event says of which operation it comes: 'operation' is left out.");
        if (stage.Call(action, OwnOperation) is not { } call)
            return Seen.Nothing("None of the values that the checks know is one that its arguments take.");
        await stage.Connector.ActAsync(stage.Connection, call, CancellationToken.None);
        // Within a longer text it is for people to read; a member of its own, whole or cut, is what the vendor tells again.
        var given = Texts(stage.Vendor.LastOrder).Where(static one => one.StartsWith(OwnOperation[..8], StringComparison.Ordinal)).ToList();
        if (given.Count == 0)
            return Seen.Nothing("The call gives the vendor no operation in a member of its own that it could tell again.");
        foreach (var way in Ways(stage.Manifest))
        {
            var read = new List<ConnectorEvent>();
            foreach (var told in given)
                read.AddRange(await ReadAsync(stage, way, item => Tell(item, way, told)));
            if (read.Count == 0 || read.All(static one => one.Operation != OwnOperation))
                return Seen.If(false, $"An event of {OwnOperation}, {way.Name}, was read as one of {Operations(read)}.");
        }
        return Seen.If(true, "The event of what it did is known by the operation.");
    }

    private static async Task<Seen> ForeignAsync(ConformanceStage stage)
    {
        foreach (var way in Ways(stage.Manifest))
        {
            var read = await ReadAsync(stage, way, item => Tell(item, way, OtherOperation));
            if (read is not [{ Operation: null or OtherOperation }])
                return Seen.If(false, $"An event of another tool's operation, {way.Name}, was read as {Operations(read)}.");
        }
        return Seen.If(true, "An event of another tool's operation comes through.");
    }

    private static async Task<Seen> QuotedAsync(ConformanceStage stage)
    {
        foreach (var way in Ways(stage.Manifest))
        {
            var read = await ReadAsync(stage, way, item =>
            {
                foreach (var path in new[] { way.Rule.Title?.FirstPath, way.Rule.Description?.FirstPath }.OfType<string>()
                    .Where(path => path != way.Rule.Operation!.FirstPath))
                    VendorDocuments.Set(item, path, JsonValue.Create($"Re: ({OwnOperation}) it is down again"));
            });
            if (read is not [{ Operation: null }])
                return Seen.If(false, $"An event that quotes {OwnOperation} in its text, {way.Name}, was read as {Operations(read)}.");
        }
        return Seen.If(true, "An event that quotes the operation in its text is news.");
    }

    private static void Tell(JsonObject item, Way way, string operation) =>
        VendorDocuments.Set(item, way.Rule.Operation!.FirstPath!, JsonValue.Create(operation));

    private static async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(ConformanceStage stage, Way way, Action<JsonObject> change)
    {
        if (way.Poll is { } poll)
        {
            var listed = EventSamples.Listed(stage, poll, "5001");
            change(listed);
            stage.Events[poll.Key].Clear();
            stage.Events[poll.Key].Add(listed);
            var found = await stage.Subject.Polls!.ReadAsync(stage.Connection, poll.Key, null, CancellationToken.None);
            return found is CallOutcome<PolledEvents>.Done(var polled) ? polled.Events : [];
        }
        var item = stage.Documents.Event(way.Rule, "5001", "SRV-CONF01", isEnd: false);
        change(item);
        var body = DeliverySamples.Body(stage, way.Rule, [item]);
        return await stage.Subject.Events!.ReadAsync(
            stage.Connection, new WebhookRequest("application/json", new HeaderDictionary(), null, body), CancellationToken.None);
    }

    /// <summary>Every text in what the vendor was sent with an order.</summary>
    private static IEnumerable<string> Texts(string order)
    {
        if (order.Length == 0)
            return [];
        try
        {
            return Texts(JsonNode.Parse(order));
        }
        catch (JsonException)
        {
            return order.Split('&').Select(static pair => Uri.UnescapeDataString(pair.Split('=', 2)[^1].Replace('+', ' ')));
        }
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(static one => Texts(one.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    private static string Operations(IReadOnlyCollection<ConnectorEvent> events) => events.Count == 0
        ? "no event at all"
        : string.Join(", ", events.Select(static one => one.Operation ?? "none"));
}

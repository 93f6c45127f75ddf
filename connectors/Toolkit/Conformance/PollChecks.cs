using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Asking for events: what was lost is found, once, and what fails in the middle moves nothing.</summary>
internal static class PollChecks
{
    public static IEnumerable<ConformanceCheck> For(int list)
    {
        var of = $"poll[{list}]";
        yield return new("lost-webhook-found", of, stage => LostAsync(stage, list));
        yield return new("read-on-from-the-cursor", of, stage => GoesOnAsync(stage, list));
        yield return new("other-company-polled", of, stage => ForeignAsync(stage, list));
        yield return new("busy-while-polling", of, stage => BusyAsync(stage, list));
        yield return new("unreadable-event-polled", of, stage => UnreadableAsync(
            stage, list, static (rule, item) =>
            {
                foreach (var path in rule.Id?.Paths.SelectMany(static one => one) ?? [])
                    VendorDocuments.Remove(item, path);
            }));
        yield return new("polled-retyped-members", of, stage => UnreadableAsync(stage, list, static (_, item) =>
        {
            foreach (var name in item.Select(static one => one.Key).ToList())
                item[name] = new JsonArray(item[name]?.DeepClone());
        }));
        yield return new("polled-twice", of, stage => TwiceAsync(stage, list));
        yield return new("polled-hostile-text", of, stage => HostileAsync(stage, list));
        yield return new("polled-dated-ahead", of, stage => AheadAsync(stage, list));
        yield return new("polled-pages-shift", of, stage => ShiftingAsync(stage, list));
        yield return new("polled-page-lost", of, stage => PageLostAsync(stage, list));
        yield return new("token-expired-while-polling", of, stage => TokenEndsAsync(stage, list));
    }

    private static PollManifest Poll(ConformanceStage stage, int list) => stage.Manifest.Polls[list];

    private static async Task<CallOutcome<PolledEvents>> ReadAsync(ConformanceStage stage, int list, string? position = null) =>
        await stage.Subject.Polls!.ReadAsync(stage.Connection, Poll(stage, list).Key, position, CancellationToken.None);

    private static async Task<Seen> LostAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        stage.Events[poll.Key].Add(EventSamples.Listed(stage, poll, "5001"));
        var found = await ReadAsync(stage, list);
        if (found is not CallOutcome<PolledEvents>.Done({ Events: [var one] }))
            return Seen.If(false, $"One event was there, and reading was {Outcomes.Word(found)} with {Count(found)} events.");
        var sends = stage.Manifest.Webhook?.Events.FirstOrDefault(static rule => !rule.Ignore);
        if (stage.Subject.Events is not { } events || sends is not { } rule)
            return Seen.If(true, $"An event that nobody sent was found as {one.SourceId}.");
        // A hint leads to the record that the list has as well, as it is now.
        var item = rule.Reread is null
            ? stage.Documents.Event(rule, "5001", "SRV-CONF01", one.Status == EventStatus.Resolved)
            : stage.Events[poll.Key][0];
        var body = DeliverySamples.Body(stage, rule, [item]);
        var sent = await events.ReadAsync(
            stage.Connection, new WebhookRequest("application/json", new HeaderDictionary(), null, body), CancellationToken.None);
        return Seen.If(
            sent is [var same] && same.SourceId == one.SourceId && same.AlertKey == one.AlertKey,
            $"Sent it is {string.Join(", ", sent.Select(static same => same.SourceId))}, asked for it is {one.SourceId}.");
    }

    private static async Task<Seen> GoesOnAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        var all = stage.Events[poll.Key];
        all.Add(EventSamples.Listed(stage, poll, "5001"));
        if (await ReadAsync(stage, list) is not CallOutcome<PolledEvents>.Done(var first))
            return Seen.If(false, "The first reading failed.");
        if (poll.Cursor is null)
            return Seen.If(first.Position is null, "The whole list is read each time.");
        all.Insert(0, EventSamples.Listed(stage, poll, "5002"));
        var second = await ReadAsync(stage, list, first.Position);
        var ids = second is CallOutcome<PolledEvents>.Done(var read) ? read.Events.Select(static one => one.SourceId).ToList() : [];
        return Seen.If(
            first.Position is not null && ids.Exists(static one => one.StartsWith("5002", StringComparison.Ordinal)),
            $"From {first.Position} on it found {string.Join(", ", ids)}.");
    }

    private static async Task<Seen> ForeignAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        var rule = poll.Events.First(static one => !one.Ignore);
        var item = EventSamples.Listed(stage, poll, "5001");
        if (poll.Read is not null || !stage.Documents.Disown(item, rule.Belongs))
            return Seen.Nothing("Nothing in an item says whose it is.");
        stage.Events[poll.Key].Add(item);
        var read = await ReadAsync(stage, list);
        return Seen.If(
            read is CallOutcome<PolledEvents>.Done({ Events.Count: 0 }), $"Of another company's events {Count(read)} were taken.");
    }

    private static async Task<Seen> BusyAsync(ConformanceStage stage, int list)
    {
        stage.Vendor.Trouble = static asked => asked.Uses.Contains(RouteUse.Poll) ? new(429, RetryAfter: "7") : null;
        var read = await ReadAsync(stage, list);
        var asked = stage.Vendor.Asked.Count(static one => one.Uses.Contains(RouteUse.Poll));
        return Seen.If(
            read is CallOutcome<PolledEvents>.NotDone { TryAgainIn: { TotalSeconds: >= 7 } } && asked == 1,
            $"Told to come back in 7 seconds, it asked {asked} times and reading was {Outcomes.Word(read)}.");
    }

    private static async Task<Seen> UnreadableAsync(ConformanceStage stage, int list, Action<EventRule, JsonObject> bend)
    {
        var poll = Poll(stage, list);
        var broken = EventSamples.Listed(stage, poll, "5001");
        bend(poll.Events.First(static one => !one.Ignore), broken);
        stage.Events[poll.Key].AddRange([broken, EventSamples.Listed(stage, poll, "5002")]);
        var read = await ReadAsync(stage, list);
        return Seen.If(
            read is CallOutcome<PolledEvents>.Done({ Events: [var one] }) && IsOf(one, "5002"),
            $"Beside one that cannot be read, {Count(read)} of one event were found.");
    }

    private static async Task<Seen> TwiceAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        var item = EventSamples.Listed(stage, poll, "5001");
        stage.Events[poll.Key].AddRange([item, (JsonObject)item.DeepClone()]);
        var first = await ReadAsync(stage, list);
        var again = await ReadAsync(stage, list);
        return Seen.If(
            first is CallOutcome<PolledEvents>.Done({ Events: [var one] })
                && again is CallOutcome<PolledEvents>.Done({ Events: [var same] })
                && one.SourceId == same.SourceId && one.AlertKey == same.AlertKey,
            $"An event that the list has twice was found {Count(first)} times, and {Count(again)} times when it was read again.");
    }

    private static async Task<Seen> HostileAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        var rule = poll.Events.First(static one => !one.Ignore);
        var item = EventSamples.Listed(stage, poll, "5001");
        foreach (var path in new[] { rule.Title?.FirstPath, rule.Description?.FirstPath }.OfType<string>())
            VendorDocuments.Set(item, path, JsonValue.Create($"\u202E\u0007<at>everyone</at>{new string('x', 1 << 20)}"));
        item["hostile"] = new JsonArray("\u0000\u001b[2J", "{$secret.Key}", "../..?a=b#c");
        stage.Events[poll.Key].AddRange([item, EventSamples.Listed(stage, poll, "5002")]);
        var read = await ReadAsync(stage, list);
        return Seen.If(
            read is CallOutcome<PolledEvents>.Done(var found) && found.Events.Any(static one => IsOf(one, "5002")),
            $"Beside texts of 1 MB with control characters reading was {Outcomes.Word(read)} with {Count(read)} events.");
    }

    /// <summary>The clock of whoever dates events is hours ahead: what it dates is no place to go on from.</summary>
    private static async Task<Seen> AheadAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        if (poll.Cursor is not { IsId: false })
            return Seen.Nothing("The list is not read on from a time.");
        var all = stage.Events[poll.Key];
        all.Add(EventSamples.Listed(stage, poll, "5001", $"{TimeProvider.System.GetUtcNow().AddHours(5):O}"));
        if (await ReadAsync(stage, list) is not CallOutcome<PolledEvents>.Done(var first))
            return Seen.If(false, "The first reading failed.");
        all.Insert(0, EventSamples.Listed(stage, poll, "5002"));
        var second = await ReadAsync(stage, list, first.Position);
        return Seen.If(
            first.Events is [var early] && IsOf(early, "5001")
                && second is CallOutcome<PolledEvents>.Done(var found) && found.Events.Any(static one => IsOf(one, "5002")),
            $"After an event dated 5 hours ahead the next was looked for from {first.Position} on, and {Count(second)} were found.");
    }

    private static async Task<Seen> ShiftingAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        if (poll.List.Paging is not { } paging)
            return Seen.Nothing("The list comes in one.");
        var all = stage.Events[poll.Key];
        var size = Math.Max(paging.Size, 3);
        all.AddRange(Others(stage, poll, size - 1, 10_000));
        all.Add(EventSamples.Listed(stage, poll, "5001"));
        all.AddRange(Others(stage, poll, size, 50_000));
        var hasShifted = false;
        stage.Vendor.Trouble = asked =>
        {
            if (asked.Uses.Contains(RouteUse.Poll) && asked.Page > 0 && !hasShifted)
            {
                hasShifted = true;
                all.Insert(0, EventSamples.Listed(stage, poll, "90001"));
            }
            return null;
        };
        var read = await ReadAsync(stage, list);
        var times = read is CallOutcome<PolledEvents>.Done(var found) ? found.Events.Count(static one => IsOf(one, "5001")) : 0;
        return Seen.If(times == 1, $"While the pages shifted, an event was found {times} times.");
    }

    private static async Task<Seen> PageLostAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        if (poll.List.Paging is not { } paging || poll.First is not null)
            return Seen.Nothing("The list comes in one, at first at least.");
        stage.Events[poll.Key].AddRange(Others(stage, poll, (2 * Math.Max(paging.Size, 3)) + 1, 10_000));
        stage.Vendor.Trouble = static asked => asked.Uses.Contains(RouteUse.Poll) && asked.Page > 0 ? new(0, Cut: true) : null;
        var read = await ReadAsync(stage, list);
        return Seen.If(
            read is not CallOutcome<PolledEvents>.Done, $"When the second page was cut off, reading was {Outcomes.Word(read)}.");
    }

    private static async Task<Seen> TokenEndsAsync(ConformanceStage stage, int list)
    {
        if (stage.Manifest.Authentication.Token is null)
            return Seen.Nothing("There is no token.");
        var poll = Poll(stage, list);
        stage.Events[poll.Key].AddRange(Others(stage, poll, Math.Max(poll.List.Paging?.Size ?? 0, 3) + 1, 10_000));
        var all = await ReadAsync(stage, list);
        var hasEnded = false;
        stage.Vendor.Trouble = asked =>
        {
            // Between two pages where there are two, else between two readings.
            var isBetween = asked.Page > 0 || poll.List.Paging is null || poll.First is not null;
            if (asked.Uses.Contains(RouteUse.Poll) && isBetween && !hasEnded)
            {
                hasEnded = true;
                stage.Vendor.EndToken();
            }
            return null;
        };
        var read = await ReadAsync(stage, list);
        return Seen.If(
            Count(all) > 0 && Count(read) == Count(all) && stage.Vendor.Tokens == 2,
            $"The token expired while a list was read; {stage.Vendor.Tokens} were fetched in all, and {Count(read)} of {Count(all)} "
            + "events found.");
    }

    private static IEnumerable<JsonObject> Others(ConformanceStage stage, PollManifest poll, int count, int from) =>
        Enumerable.Range(from, count).Select(n => EventSamples.Listed(stage, poll, $"{n}"));

    private static bool IsOf(ConnectorEvent one, string id) => one.SourceId.StartsWith($"{id}/", StringComparison.Ordinal);

    private static int Count(CallOutcome<PolledEvents> read) => read is CallOutcome<PolledEvents>.Done(var found) ? found.Events.Count : 0;
}

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
        yield return new("unreadable-event-polled", of, stage => UnreadableAsync(stage, list));
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
        var item = stage.Documents.Event(rule, "5001", "SRV-CONF01", one.Status == EventStatus.Resolved);
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

    private static async Task<Seen> UnreadableAsync(ConformanceStage stage, int list)
    {
        var poll = Poll(stage, list);
        var broken = EventSamples.Listed(stage, poll, "5001");
        var rule = poll.Events.First(static one => !one.Ignore);
        foreach (var path in rule.Id?.Paths.SelectMany(static one => one) ?? [])
            VendorDocuments.Remove(broken, path);
        stage.Events[poll.Key].AddRange([broken, EventSamples.Listed(stage, poll, "5002")]);
        var read = await ReadAsync(stage, list);
        return Seen.If(
            read is CallOutcome<PolledEvents>.Done({ Events.Count: 1 }),
            $"Beside one that cannot be read, {Count(read)} of one event were found.");
    }

    private static int Count(CallOutcome<PolledEvents> read) => read is CallOutcome<PolledEvents>.Done(var found) ? found.Events.Count : 0;
}

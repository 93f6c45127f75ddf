using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Asks a vendor for events, as its manifest says.</summary>
internal sealed class ManifestPolls(Manifest manifest, VendorCall call, TimeProvider clock) : IPolledSource
{
    private const int MaxTold = 5;
    private readonly EventReader reader = new(clock);

    public string Connector => manifest.Name;

    public IReadOnlyList<PolledList> Lists { get; } = [.. manifest.Polls.Select(static one => new PolledList(one.Key, one.Every))];

    public async Task<CallOutcome<PolledEvents>> ReadAsync(
        Connection connection, string key, string? position, CancellationToken cancellationToken)
    {
        var poll = manifest.Polls.First(one => one.Key == key);
        var now = clock.GetUtcNow();
        var from = position is null ? poll.Cursor?.Start(now) : poll.Cursor?.From(position);
        var given = call.Given(connection);
        if (from is not null)
            given[PollManifest.Since] = from;
        var request = from is null && poll.First is { } first ? first : poll.List.Request;
        // The newest ones are the place to go on from, not the whole of what there ever was.
        var paging = from is null && poll.First is not null ? null : poll.List.Paging;
        var outcome = await call.ListAsync(connection, request, poll.List.Items, paging, given, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<JsonElement>>.Done(var items))
            return outcome.As<PolledEvents>();
        var reading = new Reading(poll, from, now, position);
        // A vendor that hides what it was asked by may have answered with all that there ever was.
        var asksSince = from is not null && poll.Cursor is { IsId: false };
        var beside = new Dictionary<string, JsonElement?>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (!reading.IsNew(new(item, given)))
                continue;
            if (asksSince && poll.Cursor!.Of.Text(new(item, given)) is null)
            {
                reading.Leave($"{poll.Cursor.Of.FirstPath} is missing: whether it is new is known by it.");
                continue;
            }
            var whole = item;
            if (poll.Read is { } read && await BesideAsync(connection, read, item, given, beside, cancellationToken) is { } failed)
                return failed;
            else if (poll.Read is { } rule)
                whole = With(item, rule, beside);
            Read(reading, whole, given);
        }
        return new CallOutcome<PolledEvents>.Done(reading.Result());
    }

    /// <summary>
    /// Reads what belongs to an item, once for each id; what is gone is left out. Returns how it ended when it cannot be had.
    /// </summary>
    private async Task<CallOutcome<PolledEvents>?> BesideAsync(
        Connection connection, PollRead rule, JsonElement item, Dictionary<string, string> given, Dictionary<string, JsonElement?> beside,
        CancellationToken cancellationToken)
    {
        if (rule.Id.Text(new(item, given)) is not { } id || beside.ContainsKey(id))
            return null;
        var outcome = await call.ReadAsync(
            connection, rule.Request, new Dictionary<string, string>(given) { [PollManifest.ReadId] = id }, cancellationToken);
        if (outcome is CallOutcome<JsonElement>.Done(var record))
            beside[id] = record;
        else if (outcome is CallOutcome<JsonElement>.Refused { Code: not ("credentials" or "not-sent") })
            beside[id] = null;
        else
            return outcome.As<PolledEvents>();
        return null;
    }

    private static JsonElement With(JsonElement item, PollRead rule, Dictionary<string, JsonElement?> beside)
    {
        if (item.ValueKind != JsonValueKind.Object || rule.Id.Text(new(item, new Dictionary<string, string>())) is not { } id
            || beside.GetValueOrDefault(id) is not { } record)
            return item;
        var whole = JsonObject.Create(item)!;
        whole[rule.As] = JsonNode.Parse(record.GetRawText());
        return JsonSerializer.SerializeToElement(whole, PollJson.Default.JsonObject);
    }

    private void Read(Reading reading, JsonElement item, Dictionary<string, string> given)
    {
        var scope = new ValueScope(item, given);
        if (reading.Poll.Events.FirstOrDefault(rule => rule.When.All(one => one.Holds(new(item, given)))) is not { Ignore: false } rule)
            return;
        foreach (var one in rule.Belongs)
        {
            if (one.Holds(scope))
                continue;
            reading.Foreign++;
            return;
        }
        try
        {
            reading.Events.Add(reader.Read(manifest.Title, rule, item, given, ""));
        }
        catch (MalformedEventException malformed)
        {
            reading.Leave(malformed.Message);
        }
    }

    /// <summary>What comes together while one list is read.</summary>
    private sealed class Reading(PollManifest poll, string? from, DateTimeOffset now, string? position)
    {
        private string? furthest = position;

        public PollManifest Poll => poll;

        public List<ConnectorEvent> Events { get; } = [];

        public int Foreign { get; set; }

        public List<string> Unreadable { get; } = [];

        /// <summary>Leaves out an item that is no event that can be read; the first few are told.</summary>
        public void Leave(string why)
        {
            if (Unreadable.Count < MaxTold)
                Unreadable.Add(why);
        }

        /// <summary>Whether an item is not older than what was asked for, as it may be where the vendor knows no such question.</summary>
        public bool IsNew(in ValueScope item)
        {
            if (poll.Cursor is not { } cursor || cursor.Position(item, now) is not { } here)
                return true;
            // What is dated ahead is read, and is no place to go on from: all that comes until then would be passed over.
            var place = cursor.NotAfter(here, now);
            furthest = furthest is null ? place : cursor.Further(furthest, place);
            return from is null || cursor.Compare(here, from) >= 0;
        }

        public PolledEvents Result() => new(
            [.. Events.DistinctBy(static one => one.SourceId).OrderBy(static one => one.OccurredAt)],
            furthest ?? (poll.Cursor is { IsId: false } && from is not null ? from : null), Foreign, Unreadable);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class PollJson : System.Text.Json.Serialization.JsonSerializerContext;

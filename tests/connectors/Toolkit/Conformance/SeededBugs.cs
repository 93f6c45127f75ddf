using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Connectors.Toolkit.Conformance;

/// <summary>Bugs that somebody could make in a connector, each with the check that has to find it.</summary>
internal static class SeededBugs
{
    public const string Yaml = """
        name: acme
        title: Acme RMM
        settings:
          Client: { title: client id, example: bot }
          Key: { title: client secret, secret: true, example: "env:KEY" }
          Company: { title: company, example: "17", pattern: "[0-9]+" }
          Hook: { title: hook, secret: true, example: "env:HOOK" }
        address: https://acme.example
        authentication:
          token:
            request: POST /token
            form: { grant_type: client_credentials, client_id: "{$setting.Client}", client_secret: "{$secret.Key}" }
            answer: access_token
            lifetime: expires_in
        targets:
          device:
            find:
              request: GET /devices?limit=3
              items: devices
              paging: { style: offset, parameter: offset, size: 3 }
            id: "{id}"
            names: ["{hostname}"]
            belongs: ["{companyId} == {$setting.Company}"]
            read: GET /devices/{$target.id}
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme restart {target}
            call: POST /devices/{$target.id}/restart
            body: { reference: "{$operation}" }
            reconcile:
              request: GET /devices/{$target.id}/restarts?limit=3
              items: restarts
              paging: { style: offset, parameter: offset, size: 3 }
              where: ["{reference} == {$operation}", "{kind} == restart"]
              belongs: ["{companyId} == {$setting.Company}"]
              absenceProvesNotDone: true
        webhook:
          sender: { proof: hmac, header: X-Acme-Signature, secret: Hook }
          events: &events
            - belongs: ["{companyId} == {$setting.Company}"]
              id: "{alertId}"
              status: { of: "{state}", map: { closed: resolved }, otherwise: firing }
              kind: "{rule}"
              device: "{hostname}"
              title: "{text}"
              key: "{alertId}"
              at: "{raisedAt}"
              operation: "{reference}"
        poll:
          - request: GET /alerts?since={$since}
            items: alerts
            paging: { style: offset, parameter: offset, size: 3 }
            cursor: { is: time, of: "{changedAt}" }
            events: *events
        """;

    private static readonly HttpClient Plain = new();
    private static int arrivals;

    public static IReadOnlyDictionary<string, SeededBug> All { get; } = new Dictionary<string, SeededBug>
    {
        ["repeats an action whose reply was lost"] = SeededBug.Acts("reply-lost", static async (_, _, act) =>
        {
            var first = await act();
            return first is CallOutcome<ActionReceipt>.Unknown ? await act() : first;
        }),
        ["sends every action twice"] = SeededBug.Acts("done-once", static async (_, _, act) =>
        {
            await act();
            return await act();
        }),
        ["takes an error after acting for done"] = SeededBug.Acts("failed-after-acting", static async (_, _, act) =>
            await act() is CallOutcome<ActionReceipt>.Unknown ? new CallOutcome<ActionReceipt>.Done(new("ok")) : await act()),
        ["comes back at once though told to wait"] = SeededBug.Acts("busy-with-a-time", static async (_, _, act) =>
        {
            var first = await act();
            return first is CallOutcome<ActionReceipt>.NotDone ? await act() : first;
        }),
        ["forgets when to come back"] = SeededBug.Acts("busy-with-a-time", static async (_, _, act) =>
            await act() is CallOutcome<ActionReceipt>.NotDone busy ? busy with { TryAgainIn = null } : await act()),
        ["takes a busy vendor's word for a refusal"] = SeededBug.Acts("busy-without-a-time", static async (_, _, act) =>
            await act() is CallOutcome<ActionReceipt>.NotDone busy ? new CallOutcome<ActionReceipt>.Refused("429", busy.Message) : await act()),
        ["takes a refusal for done"] = SeededBug.Acts("refused", static async (_, _, act) =>
            await act() is CallOutcome<ActionReceipt>.Refused ? new CallOutcome<ActionReceipt>.Done(new("ok")) : await act()),
        ["acts on what is gone"] = SeededBug.Acts("deleted", ActBlindlyAsync),
        ["acts on what has another name now"] = SeededBug.Acts("renamed", ActBlindlyAsync),
        ["acts through whichever connection"] = SeededBug.Acts("other-connection", ActBlindlyAsync),
        ["keeps a megabyte of the vendor's words"] = SeededBug.Acts("hostile-answer", static async (_, _, act) =>
            await act() is CallOutcome<ActionReceipt>.Refused refused ? refused with { Message = new('z', 1 << 20) } : await act()),
        ["forgets the company when it finds"] = SeededBug.Manifest("other-company-found", Belongs, "    belongs: credential\n    read"),
        ["forgets the company when it acts"] = SeededBug.Manifest("other-company-acted-on", Belongs, "    belongs: credential\n    read"),
        ["forgets the company of an event"] = SeededBug.Manifest("other-company-event", EventBelongs, "    - belongs: credential"),
        ["forgets the company of what it asked for"] = SeededBug.Manifest("other-company-polled", EventBelongs, "    - belongs: credential"),
        ["finds what begins with the name"] = SeededBug.Finds("found-exactly", static async (_, name, find) =>
            await find(name) is CallOutcome<IReadOnlyList<Target>>.Done { Value.Count: > 0 } found ? found : await find(name + "1")),
        ["reads the first page alone"] = SeededBug.Manifest(
            "last-page", "\n      paging: { style: offset, parameter: offset, size: 3 }", ""),
        ["takes a page twice"] = SeededBug.Finds("shifting-pages", static async (_, name, find) =>
            await find(name) is CallOutcome<IReadOnlyList<Target>>.Done(var found)
                ? new CallOutcome<IReadOnlyList<Target>>.Done([.. found, .. found])
                : new CallOutcome<IReadOnlyList<Target>>.Done([])),
        ["fetches no new token"] = SeededBug.Manifest("token-expired-between-pages", Token, "  headers: { Authorization: Bearer token-1 }"),
        ["cannot bear members that are new"] = SeededBug.Finds("new-members", static (_, _, _) => throw new JsonException("unknown member")),
        ["makes up what is missing"] = SeededBug.Finds("missing-members", Invent),
        ["takes any type for a text"] = SeededBug.Finds("retyped-members", Invent),
        ["falls over a strange text"] = SeededBug.Finds("hostile-text", static (_, _, _) => throw new FormatException("half a character")),
        ["asks a busy vendor again and again"] = SeededBug.Finds("busy-while-reading", static async (_, name, find) =>
        {
            var first = await find(name);
            return first is CallOutcome<IReadOnlyList<Target>>.NotDone ? await find(name) : first;
        }),
        ["lets any sender in"] = SeededBug.Lets("wrong-signature", true),
        ["lets no sender in"] = SeededBug.Lets("right-sender", false),
        ["names an event anew each time"] = SeededBug.Changes("duplicate-event", static one => one with { SourceId = $"{++arrivals}" }),
        ["names an event by when it came"] = SeededBug.Changes("replayed-event", static one => one with { SourceId = $"{one.SourceId}/{++arrivals}" }),
        ["gives the end of an alert another key"] = SeededBug.Changes("reordered-events", static one => one with { AlertKey = $"{one.AlertKey}/{one.Status}" }),
        ["takes every event for a beginning"] = SeededBug.Changes("reordered-events", static one => one with { Status = EventStatus.Firing }),
        ["takes when an event came for when it happened"] = SeededBug.Changes("reordered-events", static one => one with
            { OccurredAt = TimeProvider.System.GetUtcNow(), KeyIsOccurrence = false }),
        ["says of no event that its time is the vendor's"] = SeededBug.Changes("reordered-events", static one => one with
            { IsTimedBySource = false, KeyIsOccurrence = false }),
        ["gives every event one time"] = SeededBug.Changes("reordered-events", static one => one with { OccurredAt = DateTimeOffset.UnixEpoch }),
        ["dates an event when it came"] = SeededBug.Changes("late-event", static one => one with { OccurredAt = TimeProvider.System.GetUtcNow() }),
        ["corrects a clock that is ahead"] = SeededBug.Changes("clock-skew", static one => one with
            { OccurredAt = one.OccurredAt > TimeProvider.System.GetUtcNow() ? TimeProvider.System.GetUtcNow() : one.OccurredAt }),
        ["cannot bear members of an event that are new"] = SeededBug.Reads(
            "event-new-members", static (_, _) => throw new MalformedEventException("body", "has a member that is not known")),
        ["takes an event with nothing in it"] = SeededBug.Reads("event-missing-members", InventEventAsync),
        ["takes an event whose members are of other types"] = SeededBug.Reads("event-retyped-members", InventEventAsync),
        ["falls over a strange delivery"] = SeededBug.Reads(
            "hostile-event", static (_, request) => throw new InvalidOperationException($"{request.Body.Length} bytes")),
        ["finds nothing that was lost"] = SeededBug.Polls("lost-webhook-found", static _ => Task.FromResult<CallOutcome<PolledEvents>>(
            new CallOutcome<PolledEvents>.Done(new([], null, 0, [])))),
        ["names what it asked for otherwise than what was sent"] = SeededBug.Polls("lost-webhook-found", static read =>
            ChangeAsync(read, static found => found with { Events = [.. found.Events.Select(static one => one with { SourceId = $"poll/{one.SourceId}" })] })),
        ["moves the cursor past everything"] = SeededBug.Polls("read-on-from-the-cursor", static read =>
            ChangeAsync(read, static found => found with { Position = "2099-01-01T00:00:00.000Z" })),
        ["takes a busy vendor for one that has nothing"] = SeededBug.Polls("busy-while-polling", static async read =>
            await read() is CallOutcome<PolledEvents>.Done done ? done : new CallOutcome<PolledEvents>.Done(new([], null, 0, []))),
        ["knows no echo of its own"] = SeededBug.Changes("own-echo", static one => one with { Operation = null }),
        ["knows no echo among what it asked for"] = SeededBug.Polls("own-echo", static read =>
            ChangeAsync(read, static found => found with { Events = [.. found.Events.Select(static one => one with { Operation = null })] })),
        ["keeps a part of the operation"] = SeededBug.Manifest("own-echo", "operation: \"{reference}\"", "operation: \"{reference | first9}\""),
        ["gives the vendor a part of the operation"] = SeededBug.Manifest(
            "own-echo", "reference: \"{$operation}\"", "reference: \"{$operation | first9}\""),
        ["takes another tool's operation for its own"] = SeededBug.Changes(
            "foreign-operation", static one => one with { Operation = "CON-1042-x1-0" }),
        ["hides what another tool did"] = SeededBug.Reads(
            "foreign-operation", static async (read, _) => [.. (await read()).Where(static one => one.Operation is null)]),
        ["takes a text that quotes an operation for its echo"] = SeededBug.Changes("quoted-operation", static one =>
            one.Title.Contains("CON-1042-x1-0", StringComparison.Ordinal) ? one with { Operation = "CON-1042-x1-0" } : one),
        ["does not find what was done"] = SeededBug.Tells("lost-reply-found", static _ => OperationStatus.CannotTell),
        ["looks for more than the vendor was given"] = SeededBug.Manifest(
            "lost-reply-found", "reference: \"{$operation}\"", "reference: \"{$operation | first9}\""),
        ["takes a lost request for done"] = SeededBug.Tells("lost-request-told", static _ => OperationStatus.Applied),
        ["does not say that it was not done"] = SeededBug.Manifest("lost-request-told", "absenceProvesNotDone: true", "absenceProvesNotDone: false"),
        ["takes an operation that begins alike for its own"] = SeededBug.LooksUp("other-operation-looked-up", static async (_, call, look) =>
            await look(call with { OperationId = $"{call.OperationId}1" }) is CallOutcome<OperationStatus>.Done { Value: OperationStatus.Applied } found
                ? found
                : await look(call)),
        ["forgets the company of what it looks up"] = SeededBug.Manifest(
            "other-company-looked-up", "belongs: [\"{companyId} == {$setting.Company}\"]\n      absence", "belongs: credential\n      absence"),
        ["takes another company's record for no record"] = SeededBug.Tells("other-company-looked-up", NoneUnlessFound),
        ["looks up whatever target it is given"] = SeededBug.LooksUp("other-company-looked-up", static (_, call, look) =>
            look(call with { Target = call.Target with { Id = ConformanceStage.OwnId } })),
        ["looks up through whichever connection"] = SeededBug.LooksUp("other-connection-looked-up", static (connection, call, look) =>
            look(call with { Target = call.Target with { Connection = connection.Name } })),
        ["takes what it cannot read for not done"] = SeededBug.Tells("operations-unreadable", static told =>
            told is CallOutcome<OperationStatus>.Done(var status) ? status : OperationStatus.NotApplied),
        ["takes records that say nothing for others"] = SeededBug.Tells("operations-unreadable", NoneUnlessFound),
        ["takes half a list for the whole"] = SeededBug.Finds("page-lost", NoneInsteadAsync),
        ["takes an answer that is too long for none"] = SeededBug.Finds("oversized-answer", NoneInsteadAsync),
        ["makes up what it asked for and cannot read"] = SeededBug.Polls("polled-retyped-members", static read => ChangeAsync(
            read, static found => found.Events is [var one] ? found with { Events = [one, one with { SourceId = "?" }] } : found)),
        ["names what it asked for anew each time"] = SeededBug.Polls("polled-twice", static read => ChangeAsync(
            read, static found => found with { Events = [.. found.Events.Select(static one => one with { SourceId = $"{one.SourceId}/{++arrivals}" })] })),
        ["falls over a strange text that it asked for"] = SeededBug.Polls("polled-hostile-text", static async read =>
        {
            var outcome = await read();
            return outcome is CallOutcome<PolledEvents>.Done(var found)
                && found.Events.Any(static one => one.Title.Contains("everyone", StringComparison.Ordinal))
                    ? throw new FormatException("half a character")
                    : outcome;
        }),
        ["goes on from a date that is ahead"] = SeededBug.Polls("polled-dated-ahead", static read => ChangeAsync(
            read, static found => found with { Position = $"{DateTime.UtcNow.AddHours(5):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}" })),
        ["takes a page that it asked for twice"] = SeededBug.Polls("polled-pages-shift", static read => ChangeAsync(
            read, static found => found with { Events = [.. found.Events, .. found.Events] })),
        ["moves on past a page that was lost"] = SeededBug.Polls("polled-page-lost", static async read =>
            await read() is CallOutcome<PolledEvents>.Done done ? done : new CallOutcome<PolledEvents>.Done(new([], null, 0, []))),
        ["fetches no new token for a list"] =
            SeededBug.Manifest("token-expired-while-polling", Token, "  headers: { Authorization: Bearer token-1 }"),
        ["lets one unreadable event hide the others"] = SeededBug.Polls("unreadable-event-polled", static read =>
            ChangeAsync(read, static found => found.Unreadable.Count > 0 ? found with { Events = [] } : found)),
    };

    private static OperationStatus NoneUnlessFound(CallOutcome<OperationStatus> told) => told switch
    {
        CallOutcome<OperationStatus>.Done { Value: OperationStatus.Applied } => OperationStatus.Applied,
        CallOutcome<OperationStatus>.Done => OperationStatus.NotApplied,
        _ => OperationStatus.CannotTell,
    };

    private const string Belongs = "    belongs: [\"{companyId} == {$setting.Company}\"]\n    read";
    private const string EventBelongs = "    - belongs: [\"{companyId} == {$setting.Company}\"]";
    private const string Token = """
          token:
            request: POST /token
            form: { grant_type: client_credentials, client_id: "{$setting.Client}", client_secret: "{$secret.Key}" }
            answer: access_token
            lifetime: expires_in
        """;

    public static Manifest Read(string yaml)
    {
        var errors = new List<string>();
        var manifest = ManifestReader.Read("acme.yaml", yaml, errors);
        errors.ShouldBeEmpty();
        return manifest!;
    }

    /// <summary>Sends the order without looking whom it is for.</summary>
    private static async Task<CallOutcome<ActionReceipt>> ActBlindlyAsync(
        Connection connection, ActionCall call, Func<Task<CallOutcome<ActionReceipt>>> act)
    {
        var address = connection.Settings["Address"];
        using var form = new FormUrlEncodedContent([]);
        using var answer = await Plain.PostAsync(new Uri($"{address}token"), form);
        var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();
        using var order = new HttpRequestMessage(HttpMethod.Post, $"{address}devices/{call.Target.Id}/restart");
        order.Headers.Authorization = new("Bearer", token);
        using var told = await Plain.SendAsync(order);
        return new CallOutcome<ActionReceipt>.Done(new("ok"));
    }

    /// <summary>Says that there is none when it cannot tell.</summary>
    private static async Task<CallOutcome<IReadOnlyList<Target>>> NoneInsteadAsync(
        Connection connection, string name, Func<string, Task<CallOutcome<IReadOnlyList<Target>>>> find) =>
        await find(name) is CallOutcome<IReadOnlyList<Target>>.Done done ? done : new CallOutcome<IReadOnlyList<Target>>.Done([]);

    private static Task<CallOutcome<IReadOnlyList<Target>>> Invent(
        Connection connection, string name, Func<string, Task<CallOutcome<IReadOnlyList<Target>>>> find) =>
        Task.FromResult<CallOutcome<IReadOnlyList<Target>>>(
            new CallOutcome<IReadOnlyList<Target>>.Done([new(connection.Name, "device", "", name, "")]));

    private static async Task<IReadOnlyList<ConnectorEvent>> InventEventAsync(
        Func<Task<IReadOnlyList<ConnectorEvent>>> read, WebhookRequest request)
    {
        try
        {
            return await read();
        }
        catch (MalformedEventException)
        {
            return [new("?", EventStatus.Firing, DevOpsAI.Connections.Severity.Warning, "?", null, "?", null, "?", default, new Dictionary<string, string>())];
        }
    }

    private static async Task<CallOutcome<PolledEvents>> ChangeAsync(
        Func<Task<CallOutcome<PolledEvents>>> read, Func<PolledEvents, PolledEvents> change) =>
        await read() is CallOutcome<PolledEvents>.Done(var found) ? new CallOutcome<PolledEvents>.Done(change(found)) : await read();
}

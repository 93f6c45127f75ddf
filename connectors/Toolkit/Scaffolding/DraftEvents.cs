using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>The events of a manifest, from the webhooks of a description; a beginning in comments where it has none.</summary>
internal sealed class DraftEvents(ApiDescription api, DraftSettings settings, DraftTarget targets)
{
    private static readonly string[] Types = ["eventType", "event", "type", "activityType", "topic", "action"];

    private static readonly string[] Ids = ["eventId", "id", "uid", "uuid", "alertId", "alertUid"];
    private static readonly string[] Keys = ["alertId", "alertUid", "incidentId", "ticketId", "id", "uid", "uuid"];
    private static readonly string[] Devices = ["hostname", "deviceName", "device", "systemName", "computerName", "host", "agentName"];
    private static readonly string[] Titles = ["title", "message", "summary", "text", "description", "subject"];

    private static readonly string[] Kinds =
        ["rule", "ruleName", "alertType", "monitor", "check", "kind", "category", "type", "eventType", "event"];

    private static readonly string[] Times =
        ["raisedAt", "occurredAt", "timestamp", "createdAt", "created", "time", "date", "eventTime", "updatedAt"];

    private static readonly (string Ours, string[] Theirs)[] SeverityWords =
    [
        ("critical", ["critical", "fatal", "emergency", "p1", "urgent"]),
        ("error", ["error", "major", "high", "severe", "p2"]),
        ("warning", ["warning", "warn", "moderate", "medium", "minor", "p3"]),
        ("info", ["info", "information", "informational", "low", "none", "notice", "p4"]),
    ];

    private static readonly string[] Ends = ["resolved", "closed", "cleared", "ended", "reset", "recovered", "ok"];

    public YamlDraft Write()
    {
        if (api.Webhooks.Count == 0)
            return Beginning();
        var draft = new YamlDraft().Line(0, "webhook:");
        Sender(draft);
        draft.Line(1, "events:");
        foreach (var webhook in api.Webhooks)
            draft.Add(Event(webhook));
        return draft;
    }

    private void Sender(YamlDraft draft)
    {
        var header = api.Webhooks.SelectMany(static one => one.Parameters)
            .FirstOrDefault(static one => one is { In: ParameterLocation.Header, Name.Length: > 0 }
                && Says(one.Name, "signature", "secret", "token", "key", "hmac"));
        var isSigned = header is not null && Says(header.Name!, "signature", "hmac");
        var name = header?.Name ?? "X-Webhook-Secret";
        var does = isSigned ? "signs with" : "sends";
        var secret = settings.AddSecret(
            "WebhookSecret", $"what {api.Title} {does} in the header {ApiText.Line(name, 60)}", isOptional: true);
        draft.Line(
            1, $"sender: {{ proof: {(isSigned ? "hmac" : "header")}, header: {ApiText.Quoted(name)}, secret: {secret} }}",
            header is null
                ? $"how {api.Title} proves itself: header, bearer, basic or hmac (docs/connector-manifests.md)"
                : "whether this is what proves the sender, and which hash it is");
    }

    private YamlDraft Event(ApiWebhook webhook)
    {
        var members = ApiSchemas.Members(webhook.Body);
        var draft = new YamlDraft();
        var first = "- ";
        void Add(string line, string? decide = null)
        {
            draft.Line(2, first + line, decide);
            first = "  ";
        }
        void AddIfAny(string key, string[] names)
        {
            if (ApiSchemas.FindPath(members, names) is { } path)
                Add($"{key}: \"{{{path}}}\"");
        }
        void AddNeeded(string key, string[] names, string what)
        {
            var path = ApiSchemas.FindPath(members, names);
            Add(path is null ? $"{key}: []" : $"{key}: \"{{{path}}}\"", path is null ? $"which member is {what}" : null);
        }
        When(webhook, members, Add);
        Add(targets.Belongs("event", members, out var belongs), belongs);
        AddNeeded("id", Ids, "what each event alone has");
        Status(members, Add);
        Severity(members, Add);
        Add($"kind: {ApiText.Quoted(ApiSchemas.FindPath(members, Kinds) is { } kind ? $"{{{kind}}}" : ApiText.Line(webhook.Name, 60))}");
        AddIfAny("device", Devices);
        AddIfAny("title", Titles);
        AddNeeded("key", Keys, "what the beginning and the end of one alert share");
        AddIfAny("at", Times);
        return draft;
    }

    private void When(ApiWebhook webhook, IReadOnlyList<ApiMember> members, Action<string, string?> add)
    {
        var type = members.FirstOrDefault(
            static one => Types.Contains(one.Name, StringComparer.OrdinalIgnoreCase) && ApiSchemas.CanBePath(one.Name));
        if (type is not null && ApiSchemas.Constant(type.Schema)?.ToString() is { Length: > 0 } constant)
            add($"when: [{ApiText.Quoted($"{{{type.Name}}} == {ApiText.Line(constant, 80)}")}]", null);
        else if (api.Webhooks.Count > 1)
            add("when: decide", $"what tells an event of {ApiText.Line(webhook.Name, 60)} from the others");
    }

    private static void Status(IReadOnlyList<ApiMember> members, Action<string, string?> add)
    {
        foreach (var name in (string[])["status", "state", "eventType", "event", "type"])
        {
            var member = members.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            List<string> ends = member is null ? [] : [.. ApiSchemas.Words(member.Schema).Where(IsEnd)];
            if (member is null || ends.Count == 0)
                continue;
            var map = string.Join(", ", ends.Select(static word => $"{ApiText.Quoted(word)}: resolved"));
            add($"status: {{ of: \"{{{member.Name}}}\", map: {{ {map} }}, otherwise: firing }}", null);
            return;
        }
        add(
            "# status: { of: \"{status}\", map: { closed: resolved }, otherwise: firing }",
            "which member says that it is over, and by which words; without it nothing is ever resolved");
    }

    private static bool IsEnd(string word) => Array.Exists(Ends, end => word.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static void Severity(IReadOnlyList<ApiMember> members, Action<string, string?> add)
    {
        var scalars = members.Where(static one => ApiSchemas.IsScalar(one.Schema)).ToList();
        if (ApiSchemas.Named(scalars, "severity", "priority", "level") is not { } member)
            return;
        List<string> map =
        [
            .. ApiSchemas.Words(member.Schema)
                .Select(static word => (Theirs: word, Ours: SeverityFor(word)))
                .Where(static one => one.Ours is not null)
                .Select(static one => $"{ApiText.Quoted(one.Theirs)}: {one.Ours}"),
        ];
        var words = map.Count == 0 ? "" : $"map: {{ {string.Join(", ", map)} }}, ";
        add($"severity: {{ of: \"{{{member.Name}}}\", {words}otherwise: warning }}", "what its words mean");
    }

    private static string? SeverityFor(string word) =>
        SeverityWords.FirstOrDefault(one => one.Theirs.Contains(word, StringComparer.OrdinalIgnoreCase)).Ours;

    private static bool Says(string name, params string[] words) =>
        Array.Exists(words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static YamlDraft Beginning() => new YamlDraft()
        .Line(0, "# webhook:", "whether it sends events; the description has none (docs/connector-manifests.md)")
        .Line(0, "#   sender: { proof: header, header: X-Webhook-Secret, secret: WebhookSecret }")
        .Line(0, "#   events:")
        .Line(0, "#     - belongs: [\"{companyId} == {$setting.Company}\"]")
        .Line(0, "#       id: \"{id}\"")
        .Line(0, "#       kind: \"{type}\"")
        .Line(0, "#       device: \"{hostname}\"")
        .Line(0, "#       title: \"{message}\"")
        .Line(0, "#       key: \"{id}\"");
}

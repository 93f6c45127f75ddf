using DevOpsAI.Common.Yaml;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads what a manifest says of events: those that the vendor sends, and those that it is asked for.</summary>
internal static class EventsReader
{
    public static WebhookManifest Webhook(YamlFields fields, ManifestScope scope)
    {
        var webhook = new WebhookManifest(
            Sender(fields.Mapping("sender"), scope), [.. fields.Each("events").Select(one => Event(one, scope))]);
        if (webhook.Events.Count == 0)
            fields.Wrong("events", "a list of at least one kind of event", 0);
        fields.NothingElse();
        return webhook;
    }

    public static PollManifest Poll(YamlFields fields, ManifestScope scope)
    {
        var cursor = fields.OptionalMapping("cursor") is { } own ? Cursor(own, scope) : null;
        string[] given = cursor is null ? ManifestScope.Settings : [PollManifest.Since, .. ManifestScope.Settings];
        var list = ManifestReader.List(fields, scope, given, close: false);
        var first = fields.Has("first") ? scope.Request(fields, "first", ManifestScope.Settings) : null;
        if (cursor is { IsId: true } && first is null && list.Request.Path.Given.Contains(PollManifest.Since))
            fields.Error("'first' is missing: before there is an id to go on from, another request has to be made, as for the newest ones");
        if (first is not null && first.Method != HttpMethod.Get)
            fields.Error("'first' must be a GET", fields.LineAt("first"));
        var poll = new PollManifest(
            list, first, cursor, TimeSpan.FromSeconds(fields.Has("everySeconds") ? fields.Number("everySeconds", 30, 86_400) : 300),
            fields.OptionalMapping("read") is { } read ? Read(read, scope) : null,
            [.. fields.Each("events").Select(one => Event(one, scope, isPolled: true))]);
        if (poll.Events.Count == 0)
            fields.Wrong("events", "a list of at least one kind of event", 0);
        fields.NothingElse();
        return poll;
    }

    private static CursorRule Cursor(YamlFields fields, ManifestScope scope)
    {
        var isId = fields.Choice<CursorKind>("is") == CursorKind.Id;
        var rule = new CursorRule(
            isId,
            scope.Template(fields, "of", []),
            fields.Has("overlap") ? fields.Number("overlap", 0, 1_000_000) : DefaultOverlap(isId),
            TimeSpan.FromSeconds(!isId && fields.Has("lookBackSeconds") ? fields.Number("lookBackSeconds", 0, 31_536_000) : 3600));
        fields.NothingElse();
        return rule;
    }

    private static int DefaultOverlap(bool isId) => isId ? 0 : 300;

    private static PollRead Read(YamlFields fields, ManifestScope scope)
    {
        var rule = new PollRead(
            scope.Template(fields, "id", []), scope.Request(fields, "request", [PollManifest.ReadId, .. ManifestScope.Settings]),
            fields.Text("as"));
        if (rule.Request.Method != HttpMethod.Get)
            fields.Error("what belongs to an event is read by GET", fields.LineAt("request"));
        fields.NothingElse();
        return rule;
    }

    private static SenderRule Sender(YamlFields fields, ManifestScope scope)
    {
        var proof = fields.Choice<SenderProof>("proof");
        var rule = new SenderRule(
            proof,
            scope.SecretSetting(fields, "secret"),
            proof is SenderProof.Header or SenderProof.Hmac ? fields.Text("header") : null,
            proof == SenderProof.Basic ? scope.Setting(fields, "username") : null,
            proof == SenderProof.Hmac ? fields.OptionalChoice<HmacAlgorithm>("algorithm") ?? HmacAlgorithm.Sha256 : HmacAlgorithm.Sha256);
        fields.NothingElse();
        return rule;
    }

    private static EventRule Event(YamlFields fields, ManifestScope scope, bool isPolled = false)
    {
        var ignore = fields.Flag("ignore", otherwise: false);
        ValueTemplate? Find(string key) => fields.Has(key) ? scope.Template(fields, key, []) : null;
        ValueTemplate? Need(string key) => ignore ? null : scope.Template(fields, key, []);
        var rule = new EventRule(
            !isPolled && fields.Has("each") ? ManifestScope.Path(fields, "each") : null,
            scope.Conditions(fields, "when", []),
            ignore ? [] : ManifestReader.Belongs(fields, scope),
            ignore,
            Need("id"),
            fields.Has("status") ? scope.Value(fields, "status", []) : null,
            fields.Has("severity") ? scope.Value(fields, "severity", []) : null,
            Need("kind"),
            Find("device"),
            Find("user"),
            Find("title"),
            Find("description"),
            Need("key"),
            Find("at"),
            scope.Templates(fields, "attributes", []));
        if (rule.Status is { } status && status.Map.Values.Append(status.Otherwise).OfType<string>()
            .FirstOrDefault(static word => word is not ("firing" or "resolved")) is { } foreign)
            fields.Error($"'status' is firing or resolved, never '{foreign}'", fields.LineAt("status"));
        if (rule.Severity is { } severity && severity.Map.Values.Append(severity.Otherwise).OfType<string>()
            .FirstOrDefault(static word => Severities.Named(word) is null) is { } strange)
            fields.Error($"'severity' is info, warning, error or critical, never '{strange}'", fields.LineAt("severity"));
        fields.NothingElse();
        return rule;
    }
}

using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads the part of a manifest that is about events which the vendor sends.</summary>
internal static class WebhookReader
{
    public static WebhookManifest Read(YamlFields fields, ManifestScope scope)
    {
        var webhook = new WebhookManifest(
            Sender(fields.Mapping("sender"), scope), [.. fields.Each("events").Select(one => Event(one, scope))]);
        if (webhook.Events.Count == 0)
            fields.Wrong("events", "a list of at least one kind of event", 0);
        fields.NothingElse();
        return webhook;
    }

    private static SenderRule Sender(YamlFields fields, ManifestScope scope)
    {
        var mistakes = fields.ErrorCount;
        var proof = fields.Choice<SenderProof>("proof");
        if (fields.ErrorCount > mistakes)
            return new(proof, null, null, null, HmacAlgorithm.Sha256, null); // what else belongs there depends on it
        var rule = new SenderRule(
            proof,
            Setting(fields, scope, proof),
            proof is SenderProof.Header or SenderProof.Hmac or SenderProof.FetchedKey ? fields.Text("header") : null,
            proof == SenderProof.Basic ? scope.Setting(fields, "username") : null,
            proof == SenderProof.Hmac ? fields.OptionalChoice<HmacAlgorithm>("algorithm") ?? HmacAlgorithm.Sha256 : HmacAlgorithm.Sha256,
            proof == SenderProof.FetchedKey
                ? new(ManifestScope.Path(fields, "keyAddress"), KeyPath(fields), ManifestScope.Path(fields, "key"))
                : null)
        {
            Time = proof == SenderProof.Hmac && fields.OptionalMapping("time") is { } time ? Time(time, scope) : null,
            IsKeyBase64 = proof == SenderProof.Hmac && fields.Flag("base64Key", otherwise: false),
            Member = proof == SenderProof.Member
                ? new(fields.Has("each") ? ManifestScope.Path(fields, "each") : null, ManifestScope.Path(fields, "member"))
                : null,
        };
        ManifestRules.HeaderName(fields, "header", rule.Header ?? "");
        fields.NothingElse();
        return rule;
    }

    private static string? Setting(YamlFields fields, ManifestScope scope, SenderProof proof) => proof switch
    {
        SenderProof.FetchedKey => null,
        SenderProof.Certificate => scope.Setting(fields, "thumbprint"),
        _ => scope.SecretSetting(fields, "secret"),
    };

    private static SignedTime Time(YamlFields fields, ManifestScope scope)
    {
        var text = fields.Parse(fields.Text("text"), SignedText.Parse, fields.LineAt("text")) ?? SignedText.Parse("{time}.{body}");
        foreach (var place in text.Given.Where(place => !scope.IsSetting(place)))
            fields.Error($"'text' has ${place}, which is no setting of this manifest, or a secret one", fields.LineAt("text"));
        var rule = new SignedTime(
            fields.Text("header"), text,
            TimeSpan.FromSeconds(fields.Has("toleranceSeconds") ? fields.Number("toleranceSeconds", 1, 3600) : 300))
        {
            IdHeader = fields.OptionalText("id"),
        };
        ManifestRules.HeaderName(fields, "header", rule.Header);
        ManifestRules.HeaderName(fields, "id", rule.IdHeader ?? "");
        if (text.HasId != (rule.IdHeader is not null))
            fields.Error("'id' is the header whose value is {id} in 'text': both or none of them", fields.LineAt("text"));
        fields.NothingElse();
        return rule;
    }

    /// <summary>Whoever sends chooses the address, so that a pattern which takes any would have the bot read whatever he likes.</summary>
    private static WholeMatch KeyPath(YamlFields fields)
    {
        var text = fields.Text("keyPath");
        var pattern = fields.Parse(text, static pattern => new WholeMatch(pattern), fields.LineAt("keyPath")) ?? new WholeMatch("/");
        if (pattern.Accepts("/any/other?path=1"))
            fields.Error("'keyPath' takes any address: it names the path, as in /system/keys/[0-9a-f]+", fields.LineAt("keyPath"));
        return pattern;
    }

    /// <param name="isPolled">It is an item of a list that was asked for, and is the record itself.</param>
    public static EventRule Event(YamlFields fields, ManifestScope scope, bool isPolled = false)
    {
        var ignore = fields.Flag("ignore", otherwise: false);
        var reread = !isPolled && fields.OptionalMapping("reread") is { } again ? Reread(again, scope) : null;
        string[] given = [.. reread?.Let.Keys.Select(static name => $"let.{name}") ?? []];
        ValueTemplate? Find(string key) => fields.Has(key) ? scope.Template(fields, key, given) : null;
        ValueTemplate? Need(string key) => ignore ? null : scope.Template(fields, key, given);
        var rule = new EventRule(
            !isPolled && fields.Has("each") ? ManifestScope.Path(fields, "each") : null,
            scope.Conditions(fields, "when", []),
            ignore ? [] : ManifestReader.Belongs(fields, scope),
            ignore,
            reread,
            Need("id"),
            fields.Has("status") ? scope.Value(fields, "status", given) : null,
            scope.Conditions(fields, "resolvedWhen", [.. given, .. ManifestScope.Settings]),
            fields.Has("severity") ? scope.Value(fields, "severity", given) : null,
            Need("kind"),
            Find("device"),
            Find("user"),
            Find("title"),
            Find("description"),
            Need("key"),
            Find("at"),
            Find("operation"),
            scope.Templates(fields, "attributes", given));
        ManifestRules.FromEvent(fields, "id", rule.Id);
        ManifestRules.FromEvent(fields, "key", rule.Key);
        if (rule is { Reread: not null, Each: not null })
            fields.Error("'reread' is for a delivery that is one event, so it goes without 'each'", fields.LineAt("reread"));
        if (rule.Operation is { } operation && (operation.Pieces.Count() != 1 || operation.Paths.Count() != 1))
        {
            fields.Error(
                "'operation' is one member that the vendor keeps as it was sent, as in {externalReference}: what a text quotes is news",
                fields.LineAt("operation"));
        }
        if (rule is { Status: not null, ResolvedWhen.Count: > 0 })
            fields.Error("'status' and 'resolvedWhen' tell the same: one of them is enough", fields.LineAt("resolvedWhen"));
        if (rule.Status is { } status && status.Map.Values.Append(status.Otherwise).OfType<string>()
            .FirstOrDefault(static word => word is not ("firing" or "resolved")) is { } foreign)
            fields.Error($"'status' is firing or resolved, never '{foreign}'", fields.LineAt("status"));
        if (rule.Severity is { } severity && severity.Map.Values.Append(severity.Otherwise).OfType<string>()
            .FirstOrDefault(static word => Severities.Named(word) is null) is { } strange)
            fields.Error($"'severity' is info, warning, error or critical, never '{strange}'", fields.LineAt("severity"));
        fields.NothingElse();
        return rule;
    }

    private static RereadRule Reread(YamlFields fields, ManifestScope scope)
    {
        var let = scope.Templates(fields, "let", []);
        string[] given = [.. ManifestScope.Settings, .. let.Keys.Select(static name => $"let.{name}")];
        var rule = new RereadRule(
            let, scope.Request(fields, "request", given), fields.Has("at") ? ManifestScope.Path(fields, "at") : JsonPath.Parse("$"));
        if (rule.Request.Method != HttpMethod.Get)
            fields.Error("'request' of 'reread' is a GET, which changes nothing", fields.LineAt("request"));
        fields.NothingElse();
        return rule;
    }
}

using System.Text.Json.Nodes;
using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads one connector manifest. A file with any validation error gives no connector, and all of them are told.</summary>
internal static class ManifestReader
{
    /// <summary>Returns null when the file has validation errors, which are added as <c>file:line: what</c>.</summary>
    public static Manifest? Read(string file, string yaml, ICollection<string> errors) =>
        YamlFile.Read(file, yaml, "a connector manifest holds exactly one mapping", fields => Read(file, fields), errors);

    private static Manifest Read(string file, YamlFields fields)
    {
        var name = fields.Text("name");
        if (name.Any(static c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            fields.Error($"the name '{name}' may only have lower-case letters, digits and hyphens", fields.LineAt("name"));
        if (CodeConnectors.Names.Contains(name))
        {
            fields.Error(
                $"the connector {name} is a part of the bot and no manifest, so that a file cannot take its place: another name is needed",
                fields.LineAt("name"));
        }
        List<(string Name, YamlFields Fields)> given = [.. fields.Named("settings")];
        List<SettingRule> settings = [.. given.Select(static one => Setting(one.Name, one.Fields))];
        if (fields.Document("authentication") is JsonObject proof && proof.ContainsKey("entra"))
            AddEntras(fields, settings);
        var scope = new ManifestScope(settings);
        var actions = new ActionsOf(fields);
        var manifest = new Manifest(
            name,
            fields.Text("title"),
            settings,
            scope.Template(fields, "address", ManifestScope.Settings),
            fields.OptionalMapping("authentication") is { } authentication
                ? Authentication(authentication, scope)
                : new(NoTemplates, null, null),
            [.. fields.Each("errors").Select(one => Error(one, scope))],
            fields.OptionalMapping("budget") is { } budget ? Budget(budget) : null,
            fields.Has("health") ? scope.Request(fields, "health", ManifestScope.Settings) : null,
            fields.Named("targets").ToDictionary(static one => one.Name, one => Target(one.Name, one.Fields, scope)),
            actions.Read((own, one) => ActionReader.Read(name, own, one, scope)),
            fields.OptionalMapping("webhook") is { } webhook ? WebhookReader.Read(webhook, scope) : null,
            [.. fields.Each("poll").Select(one => PollReader.Poll(one, scope))],
            file);
        ManifestRules.Visible(fields, "title", manifest.Title);
        ManifestRules.Address(fields, manifest.Address, settings);
        actions.Check(manifest);
        fields.NothingElse();
        return manifest with
        {
            Remarks = [.. given.Where(one => !scope.IsUsed(one.Name))
                .Select(one => $"{file}:{one.Fields.Line}: the setting '{one.Name}' is asked for, and nothing in the manifest uses it")],
        };
    }

    private static Dictionary<string, ValueTemplate> NoTemplates { get; } = [];

    private static void AddEntras(YamlFields fields, List<SettingRule> settings)
    {
        foreach (var one in EntraApplication.Settings)
        {
            if (settings.Exists(own => own.Name.Equals(one.Name, StringComparison.OrdinalIgnoreCase)))
                fields.Error($"the setting '{one.Name}' is one that 'entra' brings along", fields.LineAt("settings"));
            settings.Add(new(
                one.Name, one.Title, one.IsRequired, one.IsSecret, one.Example, null, new Dictionary<string, string>()));
        }
    }

    private static SettingRule Setting(string name, YamlFields fields)
    {
        var pattern = fields.OptionalText("pattern");
        var setting = new SettingRule(
            name,
            fields.Text("title"),
            !fields.Flag("optional", otherwise: false),
            fields.Flag("secret", otherwise: false),
            fields.OptionalText("example"),
            pattern is null ? null : fields.Parse(pattern, static text => new WholeMatch(text), fields.LineAt("pattern")),
            fields.TextMap("values"));
        ManifestRules.Visible(fields, "title", setting.Title);
        if (setting is { IsSecret: true, Example: { } example } && !(example.StartsWith("env:", StringComparison.Ordinal)
            || example.StartsWith("file:", StringComparison.Ordinal)))
            fields.Error("the example of a secret is a reference, as in env:CONTOSO_KEY", fields.LineAt("example"));
        fields.NothingElse();
        return setting;
    }

    private static AuthenticationRule Authentication(YamlFields fields, ManifestScope scope)
    {
        string[] given = [.. ManifestScope.Settings, .. ManifestScope.Secrets];
        var rule = new AuthenticationRule(
            scope.Templates(fields, "headers", given),
            fields.OptionalMapping("basic") is { } basic ? Basic(basic, scope, given) : null,
            fields.OptionalMapping("token") is { } token ? Token(token, scope, given) : null)
        {
            Signature = fields.OptionalMapping("signature") is { } signature ? Signature(signature, scope) : null,
            EntraScope = fields.OptionalMapping("entra") is { } entra ? EntraScope(entra, scope) : null,
        };
        ManifestRules.HeaderNames(fields, "headers", rule.Headers.Keys);
        ManifestRules.NoSecrets(fields, "headers", rule.Headers, scope.All);
        if (rule.EntraScope is not null && (rule.Basic ?? (object?)rule.Token) is not null)
            fields.Error("'entra' is sent as the header Authorization, and so is 'basic' or 'token': take one");
        if (rule is { Basic: not null, Token: not null })
            fields.Error("'basic' and 'token' are both sent as the header Authorization: take one");
        if ((rule.Basic ?? rule.Token ?? (object?)rule.EntraScope) is not null && rule.Signature is { } also && (also.Basic is not null
            || also.Headers.Keys.Contains("Authorization", StringComparer.OrdinalIgnoreCase)))
            fields.Error("'signature' is sent as the header Authorization, and so is 'basic', 'token' or 'entra': take one");
        fields.NothingElse();
        return rule;
    }

    private static SignatureRule Signature(YamlFields fields, ManifestScope scope)
    {
        string[] known = [.. ManifestScope.Settings, .. RequestSignature.Places];
        string[] given = [.. known, SignatureRule.Signature];
        var rule = new SignatureRule(
            scope.SecretSetting(fields, "secret"),
            fields.Flag("base64Key", otherwise: false),
            fields.OptionalChoice<HmacAlgorithm>("algorithm") ?? HmacAlgorithm.Sha256,
            scope.Template(fields, "text", known),
            fields.OptionalChoice<SignatureEncoding>("encoding") ?? SignatureEncoding.Hex,
            scope.Templates(fields, "headers", given),
            fields.OptionalMapping("basic") is { } basic ? Basic(basic, scope, given) : null);
        ManifestRules.HeaderNames(fields, "headers", rule.Headers.Keys);
        if (!rule.Headers.Values.Append(rule.Basic?.Password).Any(static one => one?.Given.Contains(SignatureRule.Signature) is true))
            fields.Error("'headers', or the password of 'basic', has to send {$signature}", fields.LineAt("text"));
        fields.NothingElse();
        return rule;
    }

    private static ValueTemplate EntraScope(YamlFields fields, ManifestScope scope)
    {
        var given = scope.Template(fields, "scope", ManifestScope.Settings);
        if (!given.Source.EndsWith("/.default", StringComparison.Ordinal))
            fields.Wrong("scope", "what tokens are for, as in https://management.azure.com/.default", 0);
        fields.NothingElse();
        return given;
    }

    private static BasicRule Basic(YamlFields fields, ManifestScope scope, string[] given)
    {
        var rule = new BasicRule(scope.Template(fields, "username", given), scope.Template(fields, "password", given));
        fields.NothingElse();
        return rule;
    }

    private static TokenRule Token(YamlFields fields, ManifestScope scope, string[] given)
    {
        var rule = new TokenRule(
            scope.Request(fields, "request", given),
            fields.Flag("atHost", otherwise: false),
            fields.OptionalMapping("basic") is { } basic ? Basic(basic, scope, given) : null,
            ManifestScope.Path(fields, "answer"),
            fields.Has("lifetime") ? ManifestScope.Path(fields, "lifetime") : null,
            TimeSpan.FromSeconds(fields.Has("validForSeconds") ? fields.Number("validForSeconds", 60, 360_000) : 600),
            fields.OptionalMapping("refresh") is { } refresh ? Refresh(refresh, scope, given) : null);
        fields.NothingElse();
        return rule;
    }

    private static RefreshRule Refresh(YamlFields fields, ManifestScope scope, string[] given)
    {
        var rule = new RefreshRule(
            scope.SecretSetting(fields, "secret"),
            scope.Request(fields, "request", [.. given, RefreshRule.Newest]),
            fields.Has("next") ? ManifestScope.Path(fields, "next") : JsonPath.Parse("refresh_token"),
            fields.Flag("forActions", otherwise: false));
        if (rule.Request.Body?.Templates.Any(static one => one.Given.Contains(RefreshRule.Newest)) is not true)
            fields.Error("'form' or 'body' has to send {$refreshToken}", fields.LineAt("request"));
        fields.NothingElse();
        return rule;
    }

    private static ErrorRule Error(YamlFields fields, ManifestScope scope)
    {
        var rule = new ErrorRule(
            fields.Has("status") ? fields.Number("status", 100, 599) : null,
            scope.Conditions(fields, "when", []),
            fields.Choice<ErrorMeaning>("meaning"),
            fields.Has("message") ? scope.Template(fields, "message", ManifestScope.Settings) : null,
            fields.Has("tryAgainInSeconds") ? TimeSpan.FromSeconds(fields.Number("tryAgainInSeconds", 1, 3600)) : null);
        if (rule.Status is null && rule.When.Count == 0)
            fields.Error("'status' or 'when' is missing: the rule would fit every answer");
        fields.NothingElse();
        return rule;
    }

    private static BudgetRule Budget(YamlFields fields)
    {
        var rule = new BudgetRule(fields.Number("requests", 1, 1_000_000), TimeSpan.FromSeconds(fields.Number("perSeconds", 1, 86_400)));
        fields.NothingElse();
        return rule;
    }

    private static TargetManifest Target(string kind, YamlFields fields, ManifestScope scope)
    {
        string[] given = ["name", .. ManifestScope.Settings];
        string[] known = [.. ManifestScope.Target, .. ManifestScope.Settings];
        var names = fields.TextsIfAny("names");
        var target = new TargetManifest(
            kind,
            List(fields.Mapping("find"), scope, given),
            scope.Template(fields, "id", []),
            [.. names.Select(name => scope.Template(fields, "names", name, []))],
            fields.Has("client") ? scope.Template(fields, "client", ManifestScope.Settings) : null,
            Belongs(fields, scope),
            scope.Request(fields, "read", known),
            fields.Has("readAt") ? ManifestScope.Path(fields, "readAt") : JsonPath.Parse("$"),
            [.. fields.Each("observe").Select(one => Observation(kind, one, scope, known))])
        {
            AlsoFind = fields.OptionalMapping("alsoFind") is { } also ? List(also, scope, given) : null,
        };
        if (names.IsEmpty && !fields.Has("names"))
            fields.Wrong("names", "a list of what one goes by, as in [\"{hostname}\"]", 0);
        if (target.Read.Method != HttpMethod.Get)
            fields.Error("'read' must be a GET", fields.LineAt("read"));
        fields.NothingElse();
        return target;
    }

    /// <summary>
    /// A credential that sees several companies needs a condition, or one client's device would be taken for another's of the same name.
    /// </summary>
    internal static List<WhereRule> Belongs(YamlFields fields, ManifestScope scope)
    {
        if (fields.Document("belongs") is JsonValue word)
        {
            if (word.ToString() != "credential")
                fields.Wrong("belongs", "a list of conditions, or the word credential where each client has credentials of its own", 0);
            return [];
        }
        var rules = scope.Conditions(fields, "belongs", ManifestScope.Settings);
        if (rules.Count == 0 && !fields.Has("belongs"))
            fields.Wrong("belongs", "a list of conditions, or the word credential where each client has credentials of its own", 0);
        else if (!rules.Exists(static one => one.Operator != WhereOperator.NotEqual
            && one.Given.Any(static name => name.StartsWith("setting.", StringComparison.Ordinal)) && one.Left.FirstPath is not null))
        {
            fields.Error(
                "'belongs' holds nothing of the vendor's against a setting of the connection, as \"{company} == {$setting.Company}\" does; "
                + "it is the word credential where each client has credentials of its own", fields.LineAt("belongs"));
        }
        return [.. rules.Select(static one => one with { IsExact = true })];
    }

    internal static ListTemplate List(YamlFields fields, ManifestScope scope, string[] given, bool close = true)
    {
        var list = new ListTemplate(
            scope.Request(fields, "request", given),
            fields.Has("items") ? ManifestScope.Path(fields, "items") : JsonPath.Parse("$"),
            Paging(fields, scope));
        list = list with { Request = list.Request with { ListMayBeMissing = MayBeMissing(fields) } };
        // Some vendors take a question as a body.
        var path = list.Request.Path.Example().Split('?')[0];
        if (list.Request.Method != HttpMethod.Get && !(list.Request.Method == HttpMethod.Post
            && (path.EndsWith("/query", StringComparison.Ordinal) || path.EndsWith("/search", StringComparison.Ordinal))))
            fields.Error("a list is read by GET, or by POST to an address that ends in /query or /search", fields.LineAt("request"));
        if (close)
            fields.NothingElse();
        return list;
    }

    /// <summary>The vendor leaves a list out when there is nothing in it.</summary>
    private static bool MayBeMissing(YamlFields fields) => fields.Flag("mayBeMissing", otherwise: false);

    private static PagingRule? Paging(YamlFields fields, ManifestScope scope)
    {
        if (fields.OptionalMapping("paging") is not { } paging)
            return null;
        var mistakes = paging.ErrorCount;
        var style = paging.Choice<PagingStyle>("style");
        if (paging.ErrorCount > mistakes)
            return null; // what else belongs there depends on it
        var rule = new PagingRule(
            style,
            style == PagingStyle.NextLink ? null : paging.Text("parameter"),
            style is PagingStyle.LastId or PagingStyle.Cursor or PagingStyle.NextLink ? ManifestScope.Path(paging, "from") : null,
            style == PagingStyle.Number && paging.Has("first") ? paging.Number("first", 0, 1) : 1,
            style is PagingStyle.LastId or PagingStyle.Number or PagingStyle.Offset ? paging.Number("size", 1, 10_000) : 0);
        paging.NothingElse();
        return rule;
    }

    /// <summary>Observations by name, in the words of the vocabulary.</summary>
    private static List<KeyValuePair<ValueTemplate, ValueRule>> Observed(
        string kind, YamlFields fields, string key, ManifestScope scope, string[] given)
    {
        var values = new List<KeyValuePair<ValueTemplate, ValueRule>>();
        foreach (var (name, value) in scope.Values(fields, key, given))
        {
            if (fields.Parse(name, ValueTemplate.Parse, fields.LineAt(key)) is not { } template)
                continue;
            if (Capabilities.Observing(template.Example()) is not { } capability)
                fields.Error($"the vocabulary has no observation '{name}' (docs/capabilities.md)", fields.LineAt(key));
            else if (capability.TargetKind != kind)
                fields.Error($"'{name}' is observed of a {capability.TargetKind}, not of a {kind}", fields.LineAt(key));
            else if (value.Words.FirstOrDefault(word => capability.Values.Count > 0 && !capability.Values.Contains(word)) is { } foreign)
                fields.Error($"'{name}' is one of {string.Join(", ", capability.Values)}, never '{foreign}'", fields.LineAt(key));
            values.Add(new(template, value));
        }
        return values;
    }

    private static ObservationRule Observation(string kind, YamlFields fields, ManifestScope scope, string[] given)
    {
        var rule = new ObservationRule(
            fields.Has("request") ? scope.Request(fields, "request", given) : null,
            fields.Has("each") ? ManifestScope.Path(fields, "each") : null,
            fields.Flag("optional", otherwise: false),
            Paging(fields, scope),
            Observed(kind, fields, "values", scope, given))
        {
            Refused = Observed(kind, fields, "refused", scope, given),
            ListMayBeMissing = MayBeMissing(fields),
        };
        rule = rule with { Request = rule.Request is { } own ? own with { ListMayBeMissing = rule.ListMayBeMissing } : null };
        if (rule is { Refused.Count: > 0, IsOptional: false })
            fields.Error("'refused' is told of what is 'optional'", fields.LineAt("refused"));
        if (rule.Values.Count == 0)
            fields.Wrong("values", "a mapping of observations, as in device.online: \"{online}\"", 0);
        if (rule.Request is { } request && request.Method != HttpMethod.Get)
            fields.Error("what is observed is read by GET", fields.LineAt("request"));
        fields.NothingElse();
        return rule;
    }
}

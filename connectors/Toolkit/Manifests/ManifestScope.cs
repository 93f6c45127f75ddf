using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Common.Yaml;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What templates of one manifest may refer to, and how its parts are read.</summary>
internal sealed partial class ManifestScope(IReadOnlyList<SettingRule> settings)
{
    private static readonly (string Sign, WhereOperator Operator)[] Operators =
        [(" == ", WhereOperator.Equal), (" != ", WhereOperator.NotEqual), (" has ", WhereOperator.Has)];

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public IReadOnlyList<SettingRule> All => settings;

    /// <summary>Whether something refers to a setting, as far as the manifest has been read.</summary>
    public bool IsUsed(string setting) => used.Contains(setting);

    /// <summary>Stands for every setting that is no secret.</summary>
    public static readonly string[] Settings = ["setting."];

    /// <summary>Stands for every setting that is a secret.</summary>
    public static readonly string[] Secrets = ["secret."];

    public static readonly string[] Target = ["target.id", "target.name"];

    public ValueTemplate Template(YamlFields fields, string key, IReadOnlyCollection<string> given) =>
        Template(fields, key, fields.Text(key), given);

    public ValueTemplate Template(YamlFields fields, string key, string text, IReadOnlyCollection<string> given)
    {
        if (fields.Parse(text, ValueTemplate.Parse, fields.LineAt(key)) is not { } template)
            return ValueTemplate.Parse("-");
        foreach (var name in template.Given.Where(name => !IsGiven(name, given)))
            fields.Error($"'{key}' refers to ${name}, which is not known there; known are {Known(given)}", fields.LineAt(key));
        return template;
    }

    public Dictionary<string, ValueTemplate> Templates(YamlFields fields, string key, IReadOnlyCollection<string> given) =>
        fields.TextMap(key).ToDictionary(static one => one.Key, one => Template(fields, key, one.Value, given));

    public static JsonPath Path(YamlFields fields, string key) =>
        (fields.Text(key) is { Length: > 0 } text ? fields.Parse(text, JsonPath.Parse, fields.LineAt(key)) : null) ?? JsonPath.Parse("$");

    /// <summary>As in <c>GET /v2/devices?q={$name}</c>, with <c>body</c> or <c>form</c> beside it.</summary>
    public RequestTemplate Request(YamlFields fields, string key, IReadOnlyCollection<string> given)
    {
        var text = fields.Text(key);
        if (text.Length == 0)
            return new(HttpMethod.Get, ValueTemplate.Parse("/"), null, false);
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        var method = blank < 0 ? "" : text[..blank];
        var path = blank < 0 ? "" : text[(blank + 1)..].Trim();
        if (method is not ("GET" or "POST" or "PUT" or "PATCH" or "DELETE") || !path.StartsWith('/')
            || path.StartsWith("//", StringComparison.Ordinal))
            fields.Wrong(key, "a method and a path, as in GET /v2/devices?q={$name}", 0);
        else
            Literal(fields, key, path);
        var isForm = key is "call" or "request" && fields.Has("form");
        BodyTemplate? body = null;
        if (isForm)
            body = new BodyTemplate.Members([.. Templates(fields, "form", given)
                .Select(static one => KeyValuePair.Create<string, BodyTemplate>(one.Key, new BodyTemplate.Value(one.Value)))]);
        else if (key is "call" or "request" && fields.Document("body") is { } document)
            body = Body(fields, document, given);
        return new(new HttpMethod(method.Length == 0 ? "GET" : method), Template(fields, key, path, given), body, isForm);
    }

    /// <summary>What would be another path than the one that is written.</summary>
    private static void Literal(YamlFields fields, string key, string path)
    {
        var bare = Places().Replace(path, "x");
        if (bare.Split('?')[0].Split('/').Any(static segment => Uri.UnescapeDataString(segment) is "." or ".."))
            fields.Error($"'{key}' has a path that leads back: write the one that it leads to", fields.LineAt(key));
        if (bare.AsSpan().ContainsAny('#', '\\'))
            fields.Error($"'{key}' has # or \\, which no path or query has: write %23 or %5C", fields.LineAt(key));
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();

    /// <summary>As in <c>"{organizationId} == {$setting.Organization}"</c>.</summary>
    public List<WhereRule> Conditions(YamlFields fields, string key, IReadOnlyCollection<string> given)
    {
        var rules = new List<WhereRule>();
        foreach (var text in fields.TextsIfAny(key))
        {
            var (sign, comparison) = Array.Find(Operators, one => text.Contains(one.Sign, StringComparison.Ordinal));
            if (string.IsNullOrEmpty(sign)
                || text.Split(sign, 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } left, { Length: > 0 } right])
                fields.Wrong(key, "a list of conditions, as in \"{status} == open\" (or !=, or has for a list)", 0);
            else
                rules.Add(new(Template(fields, key, left, given), comparison, Template(fields, key, right, given)));
        }
        return rules;
    }

    /// <summary>A template, or a mapping with <c>of</c> and what its values stand for.</summary>
    public ValueRule Value(YamlFields fields, string key, IReadOnlyCollection<string> given) => fields.Document(key) is JsonObject
        ? Value(fields.Mapping(key), given)
        : new(Template(fields, key, given), NoMap, null, null);

    /// <summary>The values by name under a key, in the order of the file.</summary>
    public IEnumerable<(string Name, ValueRule Value)> Values(YamlFields fields, string key, IReadOnlyCollection<string> given)
    {
        if (fields.OptionalMapping(key) is not { } mapping || fields.Document(key) is not JsonObject names)
            yield break;
        foreach (var (name, _) in names)
            yield return (name, Value(mapping, name, given));
    }

    /// <summary>The name of a setting that is a secret.</summary>
    public string SecretSetting(YamlFields fields, string key) => Setting(fields, key, isSecret: true);

    /// <summary>Whether it is a setting that is no secret, as in <c>setting.HookAddress</c>.</summary>
    public bool IsSetting(string given) => IsGiven(given, Settings);

    public string Setting(YamlFields fields, string key, bool isSecret = false)
    {
        var name = fields.Text(key);
        used.Add(name);
        if (!settings.Any(one => one.Name == name && one.IsSecret == isSecret))
            fields.Error($"'{key}' is '{name}', which is no {(isSecret ? "secret " : "")}setting of this manifest", fields.LineAt(key));
        return name;
    }

    private static IReadOnlyDictionary<string, string> NoMap { get; } = new Dictionary<string, string>();

    private ValueRule Value(YamlFields fields, IReadOnlyCollection<string> given)
    {
        var rule = new ValueRule(
            Template(fields, "of", given), fields.TextMap("map"), fields.OptionalText("otherwise"),
            fields.Has("percentOf") ? Template(fields, "percentOf", given) : null);
        fields.NothingElse();
        return rule;
    }

    private BodyTemplate Body(YamlFields fields, JsonNode? node, IReadOnlyCollection<string> given) => node switch
    {
        JsonObject members => new BodyTemplate.Members(
            [.. members.Select(one => KeyValuePair.Create(one.Key, Body(fields, one.Value, given)))]),
        JsonArray list => new BodyTemplate.List([.. list.Select(one => Body(fields, one, given))]),
        JsonValue value when value.TryGetValue<string>(out var text) => new BodyTemplate.Value(Template(fields, "body", text, given)),
        null => fields.Wrong<BodyTemplate>("body", "a document in which everything has a value", new BodyTemplate.List([])),
        _ => new BodyTemplate.Literal(node),
    };

    private bool IsGiven(string name, IReadOnlyCollection<string> given)
    {
        if (given.Contains(name))
            return true;
        var kind = name.IndexOf('.', StringComparison.Ordinal) + 1;
        if (!given.Contains(name[..kind]) || settings.All(one => name != $"{(one.IsSecret ? "secret." : "setting.")}{one.Name}"))
            return false;
        used.Add(name[kind..]);
        return true;
    }

    private string Known(IReadOnlyCollection<string> given)
    {
        var names = given.SelectMany(one => one switch
        {
            "setting." => settings.Where(static setting => !setting.IsSecret).Select(static setting => $"setting.{setting.Name}"),
            "secret." => settings.Where(static setting => setting.IsSecret).Select(static setting => $"secret.{setting.Name}"),
            _ => [one],
        }).Select(static one => $"${one}").Order(StringComparer.Ordinal);
        return string.Join(", ", names) is { Length: > 0 } all ? all : "the paths of the document";
    }
}

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>Holds a file against Microsoft's schema of it, and says in our words what does not fit.</summary>
internal sealed class ManifestSchema
{
    public static readonly IReadOnlyList<string> Versions = ["1.29", "1.30"];

    /// <summary>What fails inside these may be as it should be: that one of several fits, or that none does.</summary>
    private static readonly string[] Choices = ["anyOf", "oneOf", "not", "if"];

    private static readonly Dictionary<string, Lazy<ManifestSchema>> ByVersion = Versions.ToDictionary(
        static version => version,
        static version => new Lazy<ManifestSchema>(() => new($"teams-{version}.json", "http://json-schema.org/draft-07/schema#")));

    private static readonly Lazy<ManifestSchema> OfLanguages =
        new(static () => new("teams-languages.json", "https://json-schema.org/draft/2019-09/schema"));

    private readonly JsonElement text;
    private readonly JsonSchema schema;

    private ManifestSchema(string name, string draft)
    {
        var json = JsonNode.Parse(Resource($"schemas/{name}"))!;
        json["$schema"] = draft;
        text = JsonElement.Parse(json.ToJsonString());
        schema = JsonSchema.Build(text, new BuildOptions { SchemaRegistry = new() });
    }

    /// <summary>Null for a version whose schema is not built in.</summary>
    public static ManifestSchema? Find(string? version) => ByVersion.GetValueOrDefault(version ?? "")?.Value;

    /// <summary>Of language files. It gives limits beside references, which only drafts after 7 look at.</summary>
    public static ManifestSchema Languages => OfLanguages.Value;

    /// <summary>A file that is built in with the package's template.</summary>
    public static Stream Resource(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"AppPackage/{name}")
        ?? throw new InvalidOperationException($"AppPackage/{name} is not built in.");

    /// <param name="areKeys">The names in the file are paths of the manifest themselves.</param>
    public void Check(JsonElement document, string file, Findings findings, bool areKeys = false)
    {
        var result = schema.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
        if (result.IsValid)
            return;
        var failed = (result.Details ?? []).Append(result)
            .Where(static detail => detail is { IsValid: false, Errors.Count: > 0 })
            .SelectMany(static detail => detail.Errors!.Select(error => (Detail: detail, Keyword: error.Key, Message: error.Value)))
            .ToList();
        var certain = failed.Where(static one => !IsInChoice(one.Detail)).ToList();
        foreach (var (detail, keyword, message) in certain.Count > 0 ? certain : failed)
        {
            var (place, path) = PackageJson.Follow(document, detail.InstanceLocation.ToString());
            if (place is { } value)
                Add(new(keyword, message, value, RuleAt(detail.EvaluationPath.ToString()), areKeys), file, path, findings);
        }
        if (findings.Count == 0)
            findings.Add(file, "does not fit the schema of its version: compare it with Microsoft's documentation.");
    }

    private static void Add(BrokenRule rule, string file, string path, Findings findings)
    {
        var missing = rule.Keyword == "required" && rule.Value.ValueKind == JsonValueKind.Object
            ? rule.Allowed.Where(name => !rule.Value.TryGetProperty(name, out _)).Select(name => path.Length == 0 ? name : $"{path}.{name}")
            : [];
        var places = missing.ToList();
        foreach (var place in places.Where(place => !findings.Has(file, place)))
            findings.Add(file, place, "is missing: add it.");
        if (places.Count == 0 && !findings.Has(file, path))
            findings.Add(file, path, SchemaWords.For(rule));
    }

    /// <summary>Where the validator was in the schema. Its own name for the place is wrong behind lists, so its way is followed.</summary>
    private JsonElement? RuleAt(string way)
    {
        JsonElement? at = text;
        foreach (var step in way.Split('/').Skip(1))
        {
            if (at is not { } here)
                return null;
            at = step == "$ref"
                ? PackageJson.Follow(text, here.GetProperty(step).GetString()!.TrimStart('#')).Found
                : PackageJson.Follow(here, $"/{step}").Found;
        }
        return at;
    }

    private static bool IsInChoice(EvaluationResults detail) =>
        detail.EvaluationPath.ToString().Split('/').SkipLast(1).Any(static part => Choices.Contains(part));
}

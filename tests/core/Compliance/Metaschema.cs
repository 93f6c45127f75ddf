using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>
/// Judges an OSCAL document by the rules of the Metaschema sources that no JSON schema can express. A rule that applies and that this
/// small evaluator cannot read is an error, so that nothing passes for want of understanding. Warnings count as errors.
/// </summary>
internal sealed class Metaschema
{
    private static readonly List<JsonElement> Rules = [.. JsonElement
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Compliance", "schemas", "metaschema-constraints-1.2.2.json")))
        .GetProperty("constraints").EnumerateArray()];

    private static readonly Dictionary<string, string> ModelOfRoot = new()
    {
        ["assessment-results"] = "assessment-results",
        ["assessment-plan"] = "assessment-plan",
        ["plan-of-action-and-milestones"] = "poam",
        ["component-definition"] = "component",
    };

    private readonly List<string> problems = [];
    private readonly Dictionary<string, HashSet<string>> indexes = [];
    private readonly Dictionary<OscalNode, (List<string> Rules, HashSet<string> Values, bool Open)> allowed = [];
    private int applied;

    /// <summary>What is wrong; empty when nothing is.</summary>
    /// <param name="applied">How many times a rule met something to judge.</param>
    public static IReadOnlyList<string> Check(JsonElement document, out int applied)
    {
        var checker = new Metaschema();
        var root = OscalNode.From(document);
        var model = ModelOfRoot[root.Use];
        var rules = Rules.Where(rule => Text(rule, "model") is var of && (of == model || !ModelOfRoot.ContainsValue(of!))).ToList();
        // The rules that fill an index go before those that look something up in it.
        foreach (var rule in rules.OrderBy(static rule => Text(rule, "kind") == "index" ? 0 : 1))
        {
            foreach (var node in root.Descendants().Where(node => node.Matches(Text(rule, "context")!)))
                checker.Apply(rule, node);
        }
        foreach (var (node, (names, values, open)) in checker.allowed.Where(
            pair => !pair.Value.Open && !pair.Value.Values.Contains(pair.Key.Value ?? "")))
            checker.problems.Add(
                $"{node.Path}: '{node.Value}' is not one of {string.Join(", ", values)} ({string.Join(", ", names)}"
                + $"{(open ? ", open" : "")})");
        applied = checker.applied;
        return checker.problems;
    }

    private void Apply(JsonElement rule, OscalNode context)
    {
        var path = Text(rule, "target") ?? ".";
        // A path that begins with a test of the context itself says where the rule applies.
        if (path.StartsWith(".[", StringComparison.Ordinal)
            && !context.Select(path[..(path.IndexOf(']', StringComparison.Ordinal) + 1)]).Any())
            return;
        var targets = context.Select(path).ToList();
        var id = Text(rule, "id")!;
        var kind = Text(rule, "kind")!;
        applied += targets.Count;
        switch (kind)
        {
            case "allowed-values":
                foreach (var target in targets)
                {
                    var (names, values, open) = allowed.TryGetValue(target, out var known) ? known : ([], [], false);
                    names.Add(id);
                    values.UnionWith(rule.GetProperty("values").EnumerateArray().Select(static value => value.GetString()!));
                    if (rule.TryGetProperty("deprecated-values", out var deprecated)
                        && deprecated.EnumerateArray().Any(value => value.GetString() == target.Value))
                        problems.Add($"{target.Path}: '{target.Value}' is deprecated ({id})");
                    allowed[target] = (names, values, open || Text(rule, "allow-other") == "yes");
                }
                break;
            case "is-unique" or "index":
                var seen = new HashSet<string>();
                foreach (var target in targets)
                {
                    if (Key(rule, target) is { } key && !seen.Add(key))
                        problems.Add($"{target.Path}: {key} appears twice ({id})");
                }
                if (kind == "index")
                    indexes.TryAdd(Text(rule, "name")!, []);
                if (kind == "index")
                    indexes[Text(rule, "name")!].UnionWith(seen);
                break;
            case "index-has-key":
                foreach (var target in targets)
                {
                    if (Key(rule, target) is { } key && !(indexes.TryGetValue(Text(rule, "name")!, out var index) && index.Contains(key)))
                        problems.Add($"{target.Path}: {key} is nowhere to be found ({id})");
                }
                break;
            case "has-cardinality":
                if (rule.TryGetProperty("min-occurs", out var least) && targets.Count < int.Parse(least.GetString()!))
                    problems.Add($"{context.Path}: {targets.Count} of {Text(rule, "target")} ({id})");
                if (rule.TryGetProperty("max-occurs", out var most) && targets.Count > int.Parse(most.GetString()!))
                    problems.Add($"{context.Path}: {targets.Count} of {Text(rule, "target")} ({id})");
                break;
            case "matches":
                problems.AddRange(targets.Where(target => !Fits(rule, target.Value ?? ""))
                    .Select(target => $"{target.Path}: '{target.Value}' has not the right form ({id})"));
                break;
            case "expect":
                problems.AddRange(targets.Where(target => !target.Holds(Text(rule, "test")!))
                    .Select(target => $"{target.Path}: {Text(rule, "test")} does not hold ({id})"));
                break;
            default: throw new NotSupportedException(kind);
        }
    }

    private static bool Fits(JsonElement rule, string value) => Text(rule, "regex") is { } regex
        ? Regex.IsMatch(value, $"^(?:{regex})$", RegexOptions.None, TimeSpan.FromSeconds(1))
        : Text(rule, "datatype") switch
        {
            "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
            "uri-reference" => Uri.TryCreate(value, UriKind.RelativeOrAbsolute, out _),
            "uuid" => Guid.TryParseExact(value, "D", out _),
            var other => throw new NotSupportedException(other),
        };

    /// <summary>The values of the key fields; null when none of them is there, which no index cares about.</summary>
    private static string? Key(JsonElement rule, OscalNode target)
    {
        var fields = rule.GetProperty("key-fields").EnumerateArray().Select(field =>
        {
            var value = string.Join(' ', target.Select(Text(field, "target")!).Select(static node => node.Value));
            return Text(field, "pattern") is { } pattern
                ? Regex.Match(value, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value
                : value;
        }).ToList();
        return fields.TrueForAll(static field => field.Length == 0) ? null : string.Join(" | ", fields);
    }

    private static string? Text(JsonElement rule, string name) => rule.TryGetProperty(name, out var value) ? value.GetString() : null;
}

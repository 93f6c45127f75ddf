using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>
/// A JSON document seen as Metaschema sees it: singular names, flags and fields, and the small part of XPath that the rules use.
/// </summary>
internal sealed partial class OscalNode
{
    /// <summary>Members whose singular is not simply the name without its s, and what Metaschema calls them where that differs.</summary>
    private static readonly Dictionary<string, string> Singular = new()
    {
        ["parties"] = "party", ["responsible-parties"] = "responsible-party", ["hashes"] = "hash", ["activities"] = "activity",
        ["entries"] = "entry",
        ["status"] = "status", ["remediations"] = "response", ["related-activities"] = "related-activity", ["props"] = "prop",
        ["bases"] = "base",
    };

    private static readonly Dictionary<string, string> ValueMember = new()
    {
        ["document-id"] = "identifier", ["hash"] = "value", ["base64"] = "value", ["external-id"] = "id", ["system-id"] = "id",
        ["threat-id"] = "id",
    };

    private readonly List<OscalNode> children = [];
    private readonly OscalNode? parent;

    private OscalNode(string use, JsonElement json, OscalNode? parent, int index)
    {
        Use = use;
        this.parent = parent;
        Path = $"{parent?.Path}/{use}{(index < 0 ? "" : $"[{index}]")}";
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
                Add(member.Name, member.Value);
            Value = ValueMember.TryGetValue(use, out var valueMember) ? children.Find(child => child.Use == valueMember)?.Value : null;
        }
        else
        {
            Value = json.ToString();
        }
    }

    /// <summary>The name in place.</summary>
    public string Use { get; }

    public string Path { get; }

    /// <summary>The text of a flag or field.</summary>
    public string? Value { get; }

    /// <summary>The name of the definition, where it is another one.</summary>
    private string Definition => (Use, parent?.Use) switch
    {
        ("prop", _) => "property",
        ("actor", _) => "origin-actor",
        ("target", "finding") => "finding-target",
        ("status", "risk") => "risk-status",
        ("component", "component-definition") => "defined-component",
        ("component", _) => "system-component",
        ("part", "attestation") => "assessment-part",
        ("type", "subject") => "subject-type",
        ("type", "component") when parent!.Definition == "defined-component" => "defined-component-type",
        ("type", "component") => "system-component-type",
        ("user", _) => "system-user",
        _ => Use,
    };

    public static OscalNode From(JsonElement document)
    {
        var root = document.EnumerateObject().Single();
        return new(root.Name, root.Value, null, -1);
    }

    public IEnumerable<OscalNode> Descendants() => children.SelectMany(static child => child.Descendants()).Prepend(this);

    /// <summary>Whether the node is at a place like <c>metadata/party/@type</c>.</summary>
    public bool Matches(string context)
    {
        var node = this;
        foreach (var name in context.Split('/').Reverse().Select(static name => name.TrimStart('@')))
        {
            if (node is null || (node.Use != name && node.Definition != name))
                return false;
            node = node.parent;
        }
        return true;
    }

    public IEnumerable<OscalNode> Select(string path) => SplitOutside(path, "|").SelectMany(one =>
        SplitOutside(one.StartsWith(".//", StringComparison.Ordinal) ? one.Replace(".//", "**/", StringComparison.Ordinal) : one, "/")
            .Aggregate<string, IEnumerable<OscalNode>>([this], static (nodes, step) => nodes.SelectMany(node => node.Step(step))));

    public bool Holds(string test)
    {
        test = test.Trim();
        if (Negation().Match(test) is { Success: true } not)
            return !Holds(not.Groups["a"].Value);
        if (Namespace().Match(test) is { Success: true } ns)
            return children.Find(static child => child.Use == "ns") is not { } own || Literals(ns.Groups["a"].Value).Contains(own.Value);
        if (StartsWith().Match(test) is { Success: true } starts)
            return Select(starts.Groups["a"].Value).Any(node => node.Value!.StartsWith(starts.Groups["b"].Value, StringComparison.Ordinal));
        if (Equality().Match(test) is { Success: true } equality)
            return Select(equality.Groups["a"].Value).Any(node => Literals(equality.Groups["b"].Value).Contains(node.Value));
        return Existence().Match(test) is { Success: true } exists
            ? Select(exists.Groups["a"].Success ? exists.Groups["a"].Value : exists.Groups["b"].Value).Any()
            : throw new NotSupportedException(test);
    }

    private IEnumerable<OscalNode> Step(string step)
    {
        var open = step.IndexOf('[', StringComparison.Ordinal);
        var name = open < 0 ? step : step[..open];
        var tests = open < 0 ? [] : SplitOutside(step[(open + 1)..^1], " and ").ToList();
        var found = name switch
        {
            "." or "(.)" => [this],
            "**" => Descendants(),
            _ => children.Where(child => child.Use == name.TrimStart('@')),
        };
        return found.Where(node => tests.TrueForAll(node.Holds));
    }

    private void Add(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            children.Add(new(name, value, this, -1));
            return;
        }
        var regular = name.EndsWith('s') ? name[..^1] : name;
        var use = Singular.GetValueOrDefault(name, regular);
        foreach (var item in value.EnumerateArray())
            children.Add(new(use, item, this, children.Count));
    }

    private static HashSet<string?> Literals(string list) => [.. Literal().Matches(list).Select(static match => match.Groups["a"].Value)];

    /// <summary>Splits where the separator is in no bracket and no quotation.</summary>
    private static IEnumerable<string> SplitOutside(string text, string separator)
    {
        var (depth, quoted, start) = (0, false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '\'';
            if (!quoted)
                depth += text[i] switch { '[' or '(' => 1, ']' or ')' => -1, _ => 0 };
            if (!quoted && depth == 0 && string.CompareOrdinal(text, i, separator, 0, separator.Length) == 0)
            {
                yield return text[start..i];
                start = i + separator.Length;
            }
        }
        yield return text[start..];
    }

    [GeneratedRegex(@"^not\((?<a>.*)\)$", RegexOptions.None, 1000)]
    private static partial Regex Negation();

    [GeneratedRegex(@"^has-oscal-namespace\((?<a>.*)\)$", RegexOptions.None, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^starts-with\((?<a>[^,]+),\s*'(?<b>[^']*)'\)$", RegexOptions.None, 1000)]
    private static partial Regex StartsWith();

    [GeneratedRegex(@"^(?<a>[@\w.-]+)\s*=\s*(?<b>\(?'.*'\)?)$", RegexOptions.None, 1000)]
    private static partial Regex Equality();

    [GeneratedRegex(@"^(?:exists\((?<a>[@\w.-]+)\)|(?<b>[@\w.-]+))$", RegexOptions.None, 1000)]
    private static partial Regex Existence();

    [GeneratedRegex("'(?<a>[^']*)'", RegexOptions.None, 1000)]
    private static partial Regex Literal();
}

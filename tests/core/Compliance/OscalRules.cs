using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>
/// What tools check, or should, beyond schema and Metaschema: identifiers that appear once, references that lead somewhere, text that is
/// trimmed.
/// </summary>
internal static partial class OscalRules
{
    private static readonly HashSet<string> References =
        ["actor-uuid", "subject-uuid", "task-uuid", "observation-uuid", "risk-uuid", "party-uuid", "component-uuid", "activity-uuid"];

    public static IReadOnlyList<string> Check(JsonElement document)
    {
        var problems = new List<string>();
        var uuids = new HashSet<string>();
        var references = new List<(string Path, string Uuid)>();
        if (document.EnumerateObject().Count() != 1)
            problems.Add("more than one member at the top");
        Walk(document, "", (path, name, value) =>
        {
            if (value.ValueKind is JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
                problems.Add($"{path}: null or empty");
            if (value.ValueKind != JsonValueKind.String)
                return;
            var text = value.GetString()!;
            if (name == "uuid" && (!uuids.Add(text) || !Version5().IsMatch(text)))
                problems.Add($"{path}: {text} appears twice or is not of version 5");
            if (References.Contains(name) || path.EndsWith("/party-uuids", StringComparison.Ordinal))
                references.Add((path, text));
            if (name == "href" && text.StartsWith('#'))
                references.Add((path, text[1..]));
            if (name is "value" or "title" or "name" or "id" && (text != text.Trim() || text.Contains('\n', StringComparison.Ordinal)))
                problems.Add($"{path}: not one trimmed line");
        });
        problems.AddRange(references.Where(reference => !uuids.Contains(reference.Uuid))
            .Select(static reference => $"{reference.Path}: {reference.Uuid} leads nowhere"));
        return problems;
    }

    private static void Walk(JsonElement element, string path, Action<string, string, JsonElement> visit)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                visit($"{path}/{member.Name}", member.Name, member.Value);
                Walk(member.Value, $"{path}/{member.Name}", visit);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.String)
                    visit(path, "", item);
                Walk(item, path, visit);
            }
        }
    }

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", RegexOptions.None, 1000)]
    private static partial Regex Version5();
}

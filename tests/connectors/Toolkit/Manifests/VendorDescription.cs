using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A vendor's own description of its interface, as OpenAPI writes it in JSON: what its answers hold.</summary>
internal sealed class VendorDescription(JsonObject document)
{
    private const int MaxDepth = 40;

    /// <summary>Null when it is not on this machine.</summary>
    public static VendorDescription? Find(string file) => PrismServer.FindDescription(file) is { } path
        ? new(JsonNode.Parse(File.ReadAllText(path))!.AsObject())
        : null;

    /// <summary>Whether the answer to a request has something at a path, or is not described at all though the request is.</summary>
    public bool Describes(RequestTemplate request, string path)
    {
        if (Operation(request) is not { } operation)
            return false;
        var answers = operation["responses"]!.AsObject().Where(static one => one.Key.StartsWith('2')).ToList();
        List<JsonNode> schemas = [.. answers
            .Select(static one => (one.Value!["content"]?.AsObject().FirstOrDefault().Value)?["schema"]).OfType<JsonNode>()];
        return answers.Count > 0 && (schemas.Count == 0 || schemas.Any(schema => Has(schema, Steps(path), 0)));
    }

    /// <summary>The path that fits in the most of its words.</summary>
    private JsonNode? Operation(RequestTemplate request)
    {
        var asked = request.Path.Example().Split('?')[0].Split('/');
        return document["paths"]!.AsObject()
            .Where(one => Fits(one.Key.Split('/'), asked))
            .OrderBy(static one => one.Key.Count(static c => c == '{'))
            .Select(one => one.Value![request.Method.Method.ToLowerInvariant()])
            .FirstOrDefault(static one => one is not null);
    }

    private static bool Fits(string[] described, string[] asked) => described.Length == asked.Length
        && described.Zip(asked).All(static pair => pair.First.StartsWith('{') || pair.First == pair.Second);

    private bool Has(JsonNode? schema, ReadOnlySpan<string> steps, int depth)
    {
        if (depth > MaxDepth || schema is not JsonObject one)
            return false;
        if (one["$ref"] is { } reference)
            return Has(Resolve(reference.ToString()), steps, depth + 1);
        if (steps.IsEmpty)
            return true;
        foreach (var several in (string[])["allOf", "oneOf", "anyOf"])
        {
            foreach (var part in one[several]?.AsArray() ?? [])
            {
                if (Has(part, steps, depth + 1))
                    return true;
            }
        }
        if (steps[0] == "[]")
            return one["items"] is { } items && Has(items, steps[1..], depth + 1);
        if (one["properties"] is JsonObject members)
            return members[steps[0]] is { } member && Has(member, steps[1..], depth + 1);
        // An object of which nothing more is said.
        return one["type"]?.ToString() == "object" && one["allOf"] is null;
    }

    private JsonNode? Resolve(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, static (at, step) => at?[step]);

    private static string[] Steps(string path) =>
        [.. path.Replace("[", ".[", StringComparison.Ordinal).Split('.').Where(static one => one.Length > 0 && one != "$")
            .Select(static one => one.StartsWith('[') ? "[]" : one)];
}

using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Cards;

/// <summary>Judges a card by the official schema 1.5 and by the one derived from Teams' own card model.</summary>
internal static class CardSchema
{
    private static readonly Lazy<SchemaFile> Official = new(() => Load("adaptive-card.json"));
    private static readonly Lazy<SchemaFile> Teams = new(() => Load("teams-adaptive-card-derived.json"));

    public static IReadOnlyList<string> Problems(JsonNode card)
    {
        List<string> problems = [.. Teams.Value.Problems(Element(card)).Select(static problem => "teams: " + problem)];
        var baseline = (JsonObject)card.DeepClone();
        baseline.Remove("msteams");
        var withoutExtensions = TakeFallbacks(baseline, problems)!;
        problems.AddRange(Official.Value.Problems(Element(withoutExtensions)).Select(static problem => "1.5: " + problem));
        return problems;
    }

    private static JsonElement Element(JsonNode card) => JsonElement.Parse(card.ToJsonString());

    /// <summary>What a client shows that knows nothing but 1.5.</summary>
    private static JsonNode? TakeFallbacks(JsonNode? node, List<string> problems)
    {
        switch (node)
        {
            case JsonObject { } element when (string?)element["type"] is "Badge":
                if (element["fallback"] is not JsonObject fallback)
                    problems.Add("an extension element has no fallback");
                else
                    return TakeFallbacks(fallback.DeepClone(), problems);
                return null;
            case JsonObject element:
                return new JsonObject(element.Select(member => KeyValuePair.Create(member.Key, TakeFallbacks(member.Value, problems))));
            case JsonArray array:
                return new JsonArray([.. array.Select(item => TakeFallbacks(item, problems))]);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>One definition of the Teams schema has a slash in its name that the reference to it does not escape.</summary>
    private static SchemaFile Load(string name) => new(File
        .ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cards", "Schemas", name))
        .Replace("tab/tabInfoAction", "tabInfoAction", StringComparison.Ordinal));
}

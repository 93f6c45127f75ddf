using System.Text.Json.Nodes;
using NJsonSchema;

namespace DevOpsAI.Tests.Cards;

/// <summary>Judges a card by the official schema 1.5 and by the one derived from Teams' own card model.</summary>
internal static class CardSchema
{
    private static readonly Lazy<JsonSchema> Official = new(() => Load("adaptive-card.json"));
    private static readonly Lazy<JsonSchema> Teams = new(() => Load("teams-adaptive-card-derived.json"));

    public static IReadOnlyList<string> Problems(JsonNode card)
    {
        List<string> problems = [.. Teams.Value.Validate(card.ToJsonString()).Select(problem => "teams: " + problem)];
        var baseline = (JsonObject)card.DeepClone();
        baseline.Remove("msteams");
        var withoutExtensions = TakeFallbacks(baseline, problems)!;
        problems.AddRange(Official.Value.Validate(withoutExtensions.ToJsonString()).Select(problem => "1.5: " + problem));
        return problems;
    }

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

    private static JsonSchema Load(string name)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cards", "Schemas", name));
        return JsonSchema.FromJsonAsync(Older(JsonNode.Parse(text.Replace("tab/tabInfoAction", "tabInfoAction", StringComparison.Ordinal)))!.ToJsonString()).GetAwaiter().GetResult();
    }

    /// <summary>
    /// The library speaks draft 4. The same in its words: <c>const</c> is an enumeration of one, a choice by <c>if type</c> is any of the
    /// definitions (each names its type), and a reference at the root goes into <c>allOf</c>.
    /// </summary>
    private static JsonNode? Older(JsonNode? schema, bool isRoot = true)
    {
        if (schema is JsonArray array)
            return new JsonArray([.. array.Select(item => Older(item, isRoot: false))]);
        if (schema is not JsonObject members)
            return schema?.DeepClone();
        var older = new JsonObject();
        foreach (var (name, value) in members)
        {
            switch (name)
            {
                case "const" when value is JsonValue:
                    older["enum"] = new JsonArray(value.DeepClone());
                    break;
                case "$ref" when isRoot:
                    older["allOf"] = new JsonArray(new JsonObject { ["$ref"] = value!.DeepClone() });
                    break;
                case "allOf" when value is JsonArray choices && choices.All(choice => choice?["if"] is not null):
                    older["anyOf"] = new JsonArray([.. choices.Select(choice => Older(choice!["then"], isRoot: false))]);
                    break;
                default:
                    older[name] = Older(value, isRoot: false);
                    break;
            }
        }
        return older;
    }
}

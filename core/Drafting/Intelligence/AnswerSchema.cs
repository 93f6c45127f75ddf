using System.Text.Json.Nodes;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// The JSON schema of <see cref="ModelAnswer"/> for one case, within what strict structured output knows: every member required, none
/// beside them, enumerations for references and actions.
/// Service: https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs
/// </summary>
internal static class AnswerSchema
{
    /// <param name="references">Those that stand in the material.</param>
    /// <param name="actions">Those that are offered.</param>
    public static string For(IEnumerable<string> references, IEnumerable<string> actions) => Members(
        ("summary", Text()),
        ("likelyCause", Text()),
        ("evidence", List(Members(("ref", OneOf(references)), ("says", Text())))),
        ("plan", List(Members(
            ("action", OneOf(actions)),
            ("arguments", List(Members(("name", Text()), ("value", Text())))),
            ("why", Text())))),
        ("alternatives", List(Text())),
        ("risk", OneOf(["low", "medium", "high"])),
        ("riskNotes", List(Text())),
        ("wouldChange", List(Text()))).ToJsonString();

    private static JsonObject Members(params (string Name, JsonObject Schema)[] members) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(members.Select(static one => KeyValuePair.Create(one.Name, (JsonNode?)one.Schema))),
        ["required"] = new JsonArray([.. members.Select(static one => (JsonNode)one.Name)]),
        ["additionalProperties"] = false,
    };

    private static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    private static JsonObject Text() => new() { ["type"] = "string" };

    /// <summary>An empty enumeration is none that the service takes.</summary>
    private static JsonObject OneOf(IEnumerable<string> values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.DefaultIfEmpty("none").Select(static value => (JsonNode)value)]) };
}

using System.Text.Json;

namespace DevOpsAI.Tests.LocalTeams;

internal static class Json
{
    /// <summary>The value at a path of names and array indexes, as text; null when there is none.</summary>
    public static string? Text(this JsonElement json, string path) => json.At(path) is { } found && found.ValueKind != JsonValueKind.Null
        ? found.ToString()
        : null;

    public static JsonElement? At(this JsonElement json, string path)
    {
        foreach (var name in path.Split('/'))
        {
            if (json.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index < json.GetArrayLength())
                json = json[index];
            else if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        }

        return json;
    }

    /// <summary>Every path in the JSON with the kind of its value, array items folded: what "the same shape" means here.</summary>
    public static IEnumerable<string> Shape(this JsonElement json, string at = "") => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => property.Value.Shape($"{at}/{property.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => item.Shape($"{at}[]")).Distinct(),
        JsonValueKind.True or JsonValueKind.False => [$"{at}:bool"],
        _ => [$"{at}:{json.ValueKind}"],
    };
}

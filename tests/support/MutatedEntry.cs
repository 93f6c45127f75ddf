using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>Puts something else in the place of one member of a stored entry.</summary>
public static class MutatedEntry
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is put there.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["removed", "null", "other", "number", "huge number", "deep", "empty",
        "long", "twice"];

    /// <summary>Every member, those within others included; of an array, what is in its first item.</summary>
    public static IEnumerable<string[]> Paths(JsonNode? node, params string[] above)
    {
        if (node is JsonArray { Count: > 0 } items)
        {
            foreach (var path in Paths(items[0], [.. above, "0"]))
                yield return path;
        }
        if (node is not JsonObject whole)
            yield break;
        foreach (var (name, value) in whole)
        {
            yield return [.. above, name];
            foreach (var path in Paths(value, [.. above, name]))
                yield return path;
        }
    }

    /// <summary>The entry, changed at a path in one of the <see cref="Ways"/>.</summary>
    public static byte[] Change(JsonNode entry, IReadOnlyList<string> path, string way)
    {
        var text = new StringBuilder();
        Write(entry, path, 0, way, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <param name="depth">So much of the path lies behind; past its end, or beside it, nothing is changed.</param>
    private static void Write(JsonNode? node, IReadOnlyList<string> path, int depth, string way, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject whole when depth < path.Count:
                text.Append('{');
                foreach (var (name, value) in whole)
                    WriteMember(name, value, path, name == path[depth] ? depth + 1 : int.MaxValue, way, text);
                if (text[^1] == ',')
                    text.Length--;
                text.Append('}');
                break;
            case JsonArray items when depth < path.Count:
                text.Append('[');
                foreach (var (index, item) in items.Index())
                {
                    Write(item, path, path[depth] == index.ToString(CultureInfo.InvariantCulture) ? depth + 1 : int.MaxValue, way, text);
                    text.Append(',');
                }
                text.Length--;
                text.Append(']');
                break;
            default:
                text.Append(node is null ? "null" : node.ToJsonString(Relaxed));
                break;
        }
    }

    private static void WriteMember(string name, JsonNode? value, IReadOnlyList<string> path, int depth, string way, StringBuilder text)
    {
        var isThis = depth == path.Count;
        if (isThis && way == "removed")
            return;
        var quoted = JsonSerializer.Serialize(name, Relaxed);
        text.Append(quoted).Append(':');
        if (isThis && way != "twice")
            text.Append(Instead(value, way));
        else
            Write(value, path, depth, way, text);
        if (isThis && way == "twice")
            text.Append(',').Append(quoted).Append(':').Append(value is null ? "null" : value.ToJsonString(Relaxed));
        text.Append(',');
    }

    private static string Instead(JsonNode? was, string way) => way switch
    {
        "null" => "null",
        "other" => was is JsonValue value && value.GetValueKind() == JsonValueKind.String ? "{\"other\":[]}" : "\"other\"",
        "number" => "-1",
        "huge number" => "123456789012345678901234567890",
        "deep" => new string('[', 500) + new string(']', 500),
        "empty" => "\"\"",
        "long" => $"\"{new string('x', 100_000)}\"",
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, "not one of the ways"),
    };
}

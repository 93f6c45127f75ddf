using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// A place in a JSON document, as in <c>device.references.organization.name</c> or <c>results[0].id</c>; <c>$</c> is the root.
/// </summary>
internal sealed class JsonPath
{
    private readonly Step[] steps;
    private readonly string text;

    private JsonPath(string text, Step[] steps) => (this.text, this.steps) = (text, steps);

    /// <param name="Name">Of a member, in UTF-8; null for an item of a list.</param>
    private readonly record struct Step(byte[]? Name, int Index);

    /// <exception cref="FormatException">It is no path.</exception>
    public static JsonPath Parse(string text)
    {
        if (text == "$")
            return new(text, []);
        var found = new List<Step>();
        foreach (var segment in text.Split('.'))
        {
            var open = segment.IndexOf('[', StringComparison.Ordinal);
            var name = open < 0 ? segment : segment[..open];
            if (name.Length > 0)
                found.Add(new(Encoding.UTF8.GetBytes(name), 0));
            else if (open != 0 || found.Count > 0)
                throw new FormatException($"'{text}' is no path of a JSON document, as in device.name or items[0].id");
            var rest = open < 0 ? "" : segment[open..];
            while (rest.Length > 0)
            {
                var close = rest.IndexOf(']', StringComparison.Ordinal);
                if (rest[0] != '[' || close < 2
                    || !int.TryParse(rest[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    throw new FormatException($"'{text}' is no path of a JSON document, as in device.name or items[0].id");
                found.Add(new(null, index));
                rest = rest[(close + 1)..];
            }
        }
        return new(text, [.. found]);
    }

    /// <summary>The value there; null when there is none or it is null.</summary>
    public JsonElement? Find(JsonElement root) =>
        FindAny(root) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } found ? found : null;

    /// <summary>The value there, which may be null in the document; null when there is no such place.</summary>
    public JsonElement? FindAny(JsonElement root)
    {
        var at = root;
        foreach (var step in steps)
        {
            if (step.Name is { } name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                    return null;
            }
            else if (at.ValueKind != JsonValueKind.Array || step.Index >= at.GetArrayLength())
            {
                return null;
            }
            else
            {
                at = at[step.Index];
            }
        }
        return at;
    }

    public override string ToString() => text;
}

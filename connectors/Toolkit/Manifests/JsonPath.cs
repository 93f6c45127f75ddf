using System.Globalization;
using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// A place in a JSON document, as in <c>device.references.organization.name</c> or <c>results[0].id</c>; <c>$</c> is the root.
/// </summary>
internal sealed class JsonPath
{
    private readonly object[] steps;
    private readonly string text;

    private JsonPath(string text, object[] steps) => (this.text, this.steps) = (text, steps);

    /// <exception cref="FormatException">It is no path.</exception>
    public static JsonPath Parse(string text)
    {
        if (text == "$")
            return new(text, []);
        var found = new List<object>();
        foreach (var segment in text.Split('.'))
        {
            var open = segment.IndexOf('[', StringComparison.Ordinal);
            var name = open < 0 ? segment : segment[..open];
            if (name.Length > 0)
                found.Add(name);
            else if (open != 0 || found.Count > 0)
                throw new FormatException($"'{text}' is no path of a JSON document, as in device.name or items[0].id");
            var rest = open < 0 ? "" : segment[open..];
            while (rest.Length > 0)
            {
                var close = rest.IndexOf(']', StringComparison.Ordinal);
                if (rest[0] != '[' || close < 2
                    || !int.TryParse(rest[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    throw new FormatException($"'{text}' is no path of a JSON document, as in device.name or items[0].id");
                found.Add(index);
                rest = rest[(close + 1)..];
            }
        }
        return new(text, [.. found]);
    }

    /// <summary>The value there; null when there is none or it is null.</summary>
    public JsonElement? Find(JsonElement root)
    {
        var at = root;
        foreach (var step in steps)
        {
            if (step is string name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                    return null;
            }
            else if (at.ValueKind != JsonValueKind.Array || (int)step >= at.GetArrayLength())
            {
                return null;
            }
            else
            {
                at = at[(int)step];
            }
        }
        return at.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : at;
    }

    public override string ToString() => text;
}

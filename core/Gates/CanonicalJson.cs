using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevOpsAI.Gates;

/// <summary>One text for one value (RFC 8785, for strings, whole numbers and booleans), so that it can be hashed.</summary>
internal static class CanonicalJson
{
    /// <summary>Hex SHA-256 of the canonical text.</summary>
    public static string Digest(JsonElement value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(value))));

    /// <exception cref="JsonException">A number that is not a 64-bit integer.</exception>
    public static string Text(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                // Names in UTF-16 order, as the RFC asks.
                WriteList('{', value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal), '}', text, (member, to) =>
                {
                    WriteString(member.Name, to);
                    to.Append(':');
                    Write(member.Value, to);
                });
                break;
            case JsonValueKind.Array:
                WriteList('[', value.EnumerateArray(), ']', text, Write);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, text);
                break;
            case JsonValueKind.Number:
                text.Append(value.TryGetInt64(out var number) ? number : throw new JsonException($"{value.GetRawText()} is not a whole number."));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteList<T>(char open, IEnumerable<T> items, char close, StringBuilder text, Action<T, StringBuilder> write)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            write(item, text);
        }
        text.Append(close);
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append($"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }
        text.Append('"');
    }
}

using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>Reads JSON from outside: whatever is wrong with it ends in a <see cref="MalformedEventException"/>.</summary>
public static class InboundJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>The document; dispose of it when done.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string field = "body")
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        // Checked first because JsonElement throws something else when such text is read, one string at a time.
        if (!Utf8.IsValid(json.Span))
            throw new MalformedEventException(field, "is not UTF-8 text.");
        if (!EscapesArePaired(json.Span))
            throw new MalformedEventException(field, "has half of a surrogate pair in an escape.");
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException broken)
        {
            // Only a member that occurs twice is reported without its place.
            throw new MalformedEventException(field, broken.LineNumber is { } line
                ? $"is not valid JSON (line {line + 1}, byte {broken.BytePositionInLine + 1})."
                : "has an object with the same member twice.");
        }
    }

    /// <summary>The document's root.</summary>
    public static JsonField Root(this JsonDocument document) => new(document.RootElement, "");

    private static bool EscapesArePaired(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at and >= 0 && at + 1 < json.Length)
        {
            var isHigh = UnitAt(json, at) is >= 0xD800 and < 0xDC00;
            if (isHigh && UnitAt(json, at + 6) is not (>= 0xDC00 and < 0xE000))
                return false;
            if (!isHigh && UnitAt(json, at) is >= 0xDC00 and < 0xE000)
                return false;
            json = json[(isHigh ? at + 12 : at + 2)..];
        }
        return true;
    }

    /// <summary>The code unit of the <c>\uXXXX</c> at this place, or -1.</summary>
    private static int UnitAt(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && Utf8Parser.TryParse(json.Slice(at + 2, 4), out int unit, out var read, 'x') && read == 4 ? unit : -1;
}

/// <summary>A value and where it stands, as in <c>alerts[1].startsAt</c>.</summary>
public readonly struct JsonField(JsonElement element, string path)
{
    /// <summary><c>body</c> for the root.</summary>
    public string Path => path.Length == 0 ? "body" : path;

    public JsonValueKind Kind => element.ValueKind;

    /// <summary>The member, or null when it is absent or null.</summary>
    public JsonField? Find(string name) =>
        AsObject().TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? new(member, Under(name)) : null;

    public JsonField Get(string name) => Find(name) ?? throw new MalformedEventException(Under(name), "is missing.");

    /// <summary>The member's text; neither empty nor blank.</summary>
    public string GetText(string name) => Get(name).AsNonEmptyText();

    /// <summary>The member's text, or null when it is absent.</summary>
    public string? FindText(string name) => Find(name)?.AsText();

    public IEnumerable<JsonField> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw Malformed("must be an array.");
        var at = path;
        return element.EnumerateArray().Select((item, index) => new JsonField(item, $"{at}[{index}]"));
    }

    public IEnumerable<KeyValuePair<string, JsonField>> Members()
    {
        var prefix = path;
        return AsObject().EnumerateObject().Select(member =>
            KeyValuePair.Create(member.Name, new JsonField(member.Value, prefix.Length == 0 ? member.Name : $"{prefix}.{member.Name}")));
    }

    public string AsText() => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Malformed("must be a string.");

    public string AsNonEmptyText() =>
        AsText() is var text && !string.IsNullOrWhiteSpace(text) ? text : throw Malformed("must not be empty.");

    public DateTimeOffset AsTime() =>
        Rfc3339.TryParse(AsText(), out var time)
            ? time
            : throw Malformed("must be a time as RFC 3339 writes it, as in 2026-11-21T03:04:05Z.");

    /// <summary>A string, number or boolean as text; null for anything else.</summary>
    public string? AsScalar() => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => null,
    };

    public MalformedEventException Malformed(string why) => new(Path, why);

    private JsonElement AsObject() => element.ValueKind == JsonValueKind.Object ? element : throw Malformed("must be an object.");

    private string Under(string name) => path.Length == 0 ? name : $"{path}.{name}";
}

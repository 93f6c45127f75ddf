using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// Short texts that stand in many places of what is read, as conversations, people and kinds of alerts do, are one object there. Only
/// within <see cref="Begin"/>.
/// </summary>
internal sealed class SharedTextJson : JsonConverter<string>
{
    private const int MaxLength = 128;

    [ThreadStatic] private static HashSet<string>? shared;

    /// <summary>Texts that are read on this thread are shared until the reading is disposed.</summary>
    public static Reading Begin()
    {
        shared = new(StringComparer.Ordinal);
        return default;
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Unescaped it is no longer, and has no more characters than bytes.
        if (shared is null || reader.HasValueSequence || reader.ValueSpan.Length > MaxLength)
            return reader.GetString();
        Span<char> text = stackalloc char[MaxLength];
        text = text[..reader.CopyString(text)];
        if (shared.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
            return known;
        var made = new string(text);
        shared.Add(made);
        return made;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    internal readonly struct Reading : IDisposable
    {
        public void Dispose() => shared = null;
    }
}

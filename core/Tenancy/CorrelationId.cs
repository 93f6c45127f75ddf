using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Tenancy;

/// <summary>
/// Leads from what a person saw or a sender was told to the entries and log lines of it; the same through a whole incident. A new one is
/// 32 lower-case hexadecimal digits.
/// </summary>
[JsonConverter(typeof(CorrelationIdJson))]
public readonly record struct CorrelationId
{
    public const int MaxLength = 128;

    private readonly string? value;

    private CorrelationId(string value) => this.value = value;

    /// <summary>As it is stored, shown and logged.</summary>
    public string Value => value ?? throw new InvalidOperationException("This correlation id was never given a value.");

    /// <summary>One that nothing else has.</summary>
    public static CorrelationId New() => new(Guid.NewGuid().ToString("n"));

    /// <exception cref="FormatException">The text is not a correlation id.</exception>
    public static CorrelationId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"A correlation id has 1 to {MaxLength} printable ASCII characters.");

    public static bool TryParse([NotNullWhen(true)] string? text, out CorrelationId id)
    {
        id = text is { Length: > 0 and <= MaxLength } && text.All(static letter => letter is >= ' ' and <= '~') ? new(text) : default;
        return id.value is not null;
    }

    /// <summary>As it stands on record, whatever that is: nobody can mend it there.</summary>
    internal static CorrelationId FromRecord(string text) => new(text);

    public override string ToString() => value ?? "(none)";

    internal sealed class CorrelationIdJson : JsonConverter<CorrelationId>
    {
        public override CorrelationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? FromRecord(text) : throw new JsonException("not a correlation id");

        public override void Write(Utf8JsonWriter writer, CorrelationId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Tenancy;

/// <summary>
/// Names one incident: the prefix of its tenant and a number, as in <c>CON-1042</c>. Unique among all tenants. Stored as that text,
/// compared ordinally.
/// </summary>
[JsonConverter(typeof(IncidentIdJson))]
public readonly record struct IncidentId : IComparable<IncidentId>
{
    private const int MaxPrefixLength = 5;
    private const int MaxDigits = 9;
    private const char Separator = '-';

    private readonly string? value;

    private IncidentId(string value) => this.value = value;

    /// <summary>As it is stored, shown and typed.</summary>
    public string Value => value ?? throw new InvalidOperationException("This incident id was never given a value.");

    /// <summary>What the ids of a tenant's incidents begin with, as in <c>CON</c>; empty for an id that has none.</summary>
    public string Prefix => Value[..Math.Max(0, Value.IndexOf(Separator, StringComparison.Ordinal))];

    /// <summary>Counted within the tenant; null for an id that ends in none.</summary>
    public int? Number =>
        int.TryParse(Value.AsSpan(Value.LastIndexOf(Separator) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The id of a tenant's incident of this number.</summary>
    public static IncidentId Create(Tenant tenant, int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{tenant.Prefix}{Separator}{number}"));

    /// <summary>Reads what came from outside; lower case is folded.</summary>
    /// <exception cref="FormatException">The text is not an incident id.</exception>
    public static IncidentId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not an incident id: letters, a hyphen and a number, as in CON-1042.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out IncidentId id)
    {
        id = text?.Split(Separator) is [{ Length: > 0 and <= MaxPrefixLength } prefix, { Length: > 0 and <= MaxDigits } number]
            && prefix.All(char.IsAsciiLetter) && number.All(char.IsAsciiDigit)
            ? new(text.ToUpperInvariant())
            : default;
        return id.value is not null;
    }

    /// <summary>As it stands on record, whatever that is: nobody can mend it there.</summary>
    internal static IncidentId FromRecord(string text) => new(text);

    public int CompareTo(IncidentId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "(none)";

    public static bool operator <(IncidentId left, IncidentId right) => left.CompareTo(right) < 0;

    public static bool operator >(IncidentId left, IncidentId right) => left.CompareTo(right) > 0;

    public static bool operator <=(IncidentId left, IncidentId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IncidentId left, IncidentId right) => left.CompareTo(right) >= 0;

    internal sealed class IncidentIdJson : JsonConverter<IncidentId>
    {
        public override IncidentId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? FromRecord(text) : throw new JsonException("not an incident id");

        public override void Write(Utf8JsonWriter writer, IncidentId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

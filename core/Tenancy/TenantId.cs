using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tenancy;

/// <summary>
/// Names one client company of the MSP: the unit of isolation. Lower-case letters, digits and hyphens, at most 63 characters.
/// </summary>
[JsonConverter(typeof(TenantIdJson))]
public readonly partial record struct TenantId : IComparable<TenantId>
{
    private readonly string? value;

    private TenantId(string value) => this.value = value;

    /// <summary>The stored form, as in <c>contoso</c>.</summary>
    public string Value => value ?? throw new InvalidOperationException("This tenant id was never given a value.");

    /// <summary>Reads a tenant id; upper case is folded.</summary>
    /// <exception cref="FormatException">The text is not a tenant id.</exception>
    public static TenantId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a tenant id: lower-case letters, digits and hyphens, at most 63 characters.");

    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId id)
    {
        // Looked at before it is folded: some letters that only look like ours fold to ours.
        var asked = text?.Trim();
        id = asked is not null && Shape().IsMatch(asked) ? new(asked.ToLowerInvariant()) : default;
        return id.value is not null;
    }

    public int CompareTo(TenantId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "(no tenant)";

    public static bool operator <(TenantId left, TenantId right) => left.CompareTo(right) < 0;

    public static bool operator >(TenantId left, TenantId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TenantId left, TenantId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TenantId left, TenantId right) => left.CompareTo(right) >= 0;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9-]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();

    internal sealed class TenantIdJson : JsonConverter<TenantId>
    {
        public override TenantId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("not a tenant id");

        public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

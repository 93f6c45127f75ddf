using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Tenancy;

/// <summary>
/// Names a person: by the Entra object id, with the directory before it (<c>directory/object id</c>) where that is another than the
/// provider's own. What roles are given to and decisions are held against. Compared without regard to case; stored as its text.
/// </summary>
[JsonConverter(typeof(PersonIdJson))]
public readonly struct PersonId : IEquatable<PersonId>
{
    private readonly string? value;

    private PersonId(string value) => this.value = value;

    /// <summary>As Entra, an entry or a setting names them; empty for nobody.</summary>
    public string Value => value ?? "";

    /// <summary>The same in the one spelling that is recorded of roles and absences.</summary>
    public string Folded => Value.ToLowerInvariant();

    /// <summary>Nobody, who holds no role.</summary>
    public bool IsNobody => Value.Length == 0;

    /// <summary>As Entra, an entry or a setting names somebody; null and blank are nobody.</summary>
    public static PersonId From(string? text) => text?.Trim() is { Length: > 0 } named ? new(named) : default;

    /// <summary>For logs: outsiders write it.</summary>
    public static implicit operator Untrusted(PersonId id) => new(id.Value);

    public bool Equals(PersonId other) => string.Equals(Value, other.Value, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is PersonId other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Value);

    public override string ToString() => Value;

    public static bool operator ==(PersonId left, PersonId right) => left.Equals(right);

    public static bool operator !=(PersonId left, PersonId right) => !left.Equals(right);

    /// <summary>As its text; for serializers of other assemblies too.</summary>
    public sealed class PersonIdJson : JsonConverter<PersonId>
    {
        public override PersonId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            From(reader.GetString());

        public override void Write(Utf8JsonWriter writer, PersonId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Tenancy;

/// <summary>
/// An Entra directory, which Microsoft calls a tenant as well: where people and conversations come from. Says nothing about which client
/// company something concerns; that is a <see cref="TenantId"/>. Compared without regard to case.
/// </summary>
[JsonConverter(typeof(DirectoryIdJson))]
public readonly struct DirectoryId(string? value) : IEquatable<DirectoryId>
{
    private readonly string? value = value;

    /// <summary>As Teams names it, a GUID; empty when it names none.</summary>
    public string Value => value ?? "";

    public bool Equals(DirectoryId other) => string.Equals(Value, other.Value, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is DirectoryId other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Value);

    public override string ToString() => Value;

    public static bool operator ==(DirectoryId left, DirectoryId right) => left.Equals(right);

    public static bool operator !=(DirectoryId left, DirectoryId right) => !left.Equals(right);

    /// <summary>As its text; for serializers of other assemblies too.</summary>
    public sealed class DirectoryIdJson : JsonConverter<DirectoryId>
    {
        public override DirectoryId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString());

        public override void Write(Utf8JsonWriter writer, DirectoryId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

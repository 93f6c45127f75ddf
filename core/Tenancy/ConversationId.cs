using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Tenancy;

/// <summary>
/// Names a conversation in Teams: a chat, a channel, or a thread of a channel, which is the channel's id with <c>;messageid=</c> behind it.
/// Kept and compared as Teams wrote it, ordinally; stored as that text.
/// </summary>
[JsonConverter(typeof(ConversationIdJson))]
public readonly record struct ConversationId : IComparable<ConversationId>
{
    private const string ThreadMark = ";messageid=";

    private readonly string? value;

    private ConversationId(string value) => this.value = value;

    /// <summary>As Teams wrote it; empty for none.</summary>
    public string Value => value ?? "";

    /// <summary>The chat, or the channel without its thread: what is linked, paced and shown.</summary>
    public ConversationId Root => ThreadAt is > 0 and var end ? new(Value[..end]) : this;

    /// <summary>A thread of a channel, as opposed to the channel itself or a chat.</summary>
    public bool IsThread => ThreadAt >= 0;

    /// <summary>The message that a thread hangs under; null where this is no thread.</summary>
    public string? ThreadMessage => ThreadAt is >= 0 and var end ? Value[(end + ThreadMark.Length)..] : null;

    private int ThreadAt => Value.IndexOf(ThreadMark, StringComparison.Ordinal);

    /// <summary>As Teams, or an entry, names it; null and the empty text are none.</summary>
    public static ConversationId From(string? text) => string.IsNullOrEmpty(text) ? default : new(text);

    /// <summary>For logs: outsiders write it.</summary>
    public static implicit operator Untrusted(ConversationId id) => new(id.Value);

    public int CompareTo(ConversationId other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => Value;

    public static bool operator <(ConversationId left, ConversationId right) => left.CompareTo(right) < 0;

    public static bool operator >(ConversationId left, ConversationId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ConversationId left, ConversationId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ConversationId left, ConversationId right) => left.CompareTo(right) >= 0;

    /// <summary>As its text; for serializers of other assemblies too.</summary>
    public sealed class ConversationIdJson : JsonConverter<ConversationId>
    {
        public override ConversationId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            From(reader.GetString());

        public override void Write(Utf8JsonWriter writer, ConversationId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}

using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DevOpsAI.Ledger;

/// <summary>Where the members of a stored entry are in its bytes. Reading allocates nothing.</summary>
[StructLayout(LayoutKind.Auto)]
public ref struct EntryParts
{
    /// <summary>The JSON of the member, quotes and braces included.</summary>
    public Range Actor { get; private set; }

    public Range Correlation { get; private set; }

    public Range Data { get; private set; }

    public Range Stream { get; private set; }

    public Range Tenant { get; private set; }

    public Range Type { get; private set; }

    /// <summary>
    /// What the entry says of what is encrypted beside it (<see cref="Encryption.EncryptedFields"/>); empty when nothing is.
    /// </summary>
    public Range Encrypted { get; private set; }

    public bool HasEncrypted => Encrypted.End.Value > 0;

    public long Seq { get; private set; }

    public long Version { get; private set; }

    public long? Causation { get; private set; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long AtMilliseconds { get; private set; }

    /// <summary>The same of the clock by which it was recorded, where that was behind the ledger; else null.</summary>
    public long? ClockMilliseconds { get; private set; }

    /// <summary>The text as it stands in the entry.</summary>
    public Range At { get; private set; }

    /// <exception cref="JsonException">Not a complete entry of a version we know.</exception>
    public static EntryParts Read(ReadOnlySpan<byte> body)
    {
        var parts = new EntryParts();
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("not a JSON object");
        var found = Members.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Name(reader.ValueSpan);
            if ((found & member) != Members.None)
                throw new JsonException($"{member} appears twice");
            found |= member;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var kind = reader.TokenType;
            switch (member)
            {
                case Members.Seq: parts.Seq = Whole(ref reader); break;
                case Members.Version: parts.Version = Whole(ref reader); break;
                case Members.Causation: parts.Causation = Whole(ref reader); break;
                case Members.V when Whole(ref reader) != 1: throw new JsonException("an entry format that this version does not know");
                case Members.Clock: parts.ClockMilliseconds = Milliseconds(ref reader); break;
                case Members.At: parts.AtMilliseconds = Milliseconds(ref reader); break;
                case Members.Actor or Members.Data or Members.Sealed:
                    if (kind != JsonTokenType.StartObject)
                        throw new JsonException($"{member} is not an object");
                    reader.Skip();
                    break;
            }
            parts.Keep(member, start..(int)reader.BytesConsumed, kind);
        }
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read()
            || (found | Members.Causation | Members.Clock | Members.Sealed) != Members.All)
            throw new JsonException("members are missing");
        return parts;
    }

    /// <summary>The decoded text of a string member.</summary>
    public static string Text(ReadOnlySpan<byte> body, Range member)
    {
        var reader = new Utf8JsonReader(body[member]);
        reader.Read();
        return reader.GetString()!;
    }

    private void Keep(Members member, Range range, JsonTokenType kind)
    {
        if (member is Members.Correlation or Members.Stream or Members.Tenant or Members.Type or Members.At && kind != JsonTokenType.String)
            throw new JsonException($"{member} is not text");
        switch (member)
        {
            case Members.Actor: Actor = range; break;
            case Members.At: At = range; break;
            case Members.Correlation: Correlation = range; break;
            case Members.Data: Data = range; break;
            case Members.Sealed: Encrypted = range; break;
            case Members.Stream: Stream = range; break;
            case Members.Tenant: Tenant = range; break;
            case Members.Type: Type = range; break;
        }
    }

    private static long Whole(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)
            ? value
            : throw new JsonException("not a whole number where one is due");

    private static long Milliseconds(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (reader.TokenType != JsonTokenType.String || text.Length != 24
            || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.'
            || text[23] != 'Z'
            || !Utf8Parser.TryParse(text[..4], out int year, out var yearLength) || yearLength != 4
            || !TwoDigits(text, 5, 1, 12, out var month) || !TwoDigits(text, 8, 1, 31, out var day)
            || !TwoDigits(text, 11, 0, 23, out var hour) || !TwoDigits(text, 14, 0, 59, out var minute)
            || !TwoDigits(text, 17, 0, 59, out var second)
            || !Utf8Parser.TryParse(text[20..23], out int millisecond, out var length) || length != 3 || year < 1
            || day > DateTime.DaysInMonth(year, month))
            throw new JsonException("not a time where one is due");
        return (new DateTime(year, month, day, hour, minute, second, millisecond, DateTimeKind.Utc)
            - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, int at, int least, int most, out int value)
    {
        value = ((text[at] - '0') * 10) + text[at + 1] - '0';
        return char.IsAsciiDigit((char)text[at]) && char.IsAsciiDigit((char)text[at + 1]) && value >= least && value <= most;
    }

    private static Members Name(ReadOnlySpan<byte> name) => name.Length switch
    {
        1 when name.SequenceEqual("v"u8) => Members.V,
        2 when name.SequenceEqual("at"u8) => Members.At,
        3 when name.SequenceEqual("seq"u8) => Members.Seq,
        4 when name.SequenceEqual("data"u8) => Members.Data,
        4 when name.SequenceEqual("type"u8) => Members.Type,
        5 when name.SequenceEqual("actor"u8) => Members.Actor,
        5 when name.SequenceEqual("clock"u8) => Members.Clock,
        6 when name.SequenceEqual("sealed"u8) => Members.Sealed,
        6 when name.SequenceEqual("stream"u8) => Members.Stream,
        6 when name.SequenceEqual("tenant"u8) => Members.Tenant,
        7 when name.SequenceEqual("version"u8) => Members.Version,
        9 when name.SequenceEqual("causation"u8) => Members.Causation,
        11 when name.SequenceEqual("correlation"u8) => Members.Correlation,
        _ => throw new JsonException("an unknown member"),
    };

    [Flags]
    private enum Members
    {
        None = 0,
        Actor = 1,
        At = 2,
        Causation = 4,
        Correlation = 8,
        Data = 16,
        Seq = 32,
        Stream = 64,
        Tenant = 128,
        Type = 256,
        V = 512,
        Version = 1024,
        Sealed = 2048,
        Clock = 4096,
        All = 8191,
    }
}

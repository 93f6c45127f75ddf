using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DevOpsAI.Ledger;

/// <summary>
/// Canonical JSON (RFC 8785): one text for one value, so that it can be hashed. UTF-8, no white space, names in UTF-16 order,
/// numbers as ECMAScript prints doubles.
/// </summary>
public static class Jcs
{
    [ThreadStatic] private static JcsWriter? writer;

    /// <summary>The canonical form.</summary>
    /// <exception cref="JsonException">Not I-JSON: malformed, bad UTF-8, a lone surrogate, a repeated name, or a number no double can
    /// hold.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json)
    {
        var output = new ByteBuffer(json.Length + 16);
        Write(json, output);
        return output.Written.ToArray();
    }

    /// <summary>Hex SHA-256 of the canonical form.</summary>
    /// <exception cref="JsonException">As <see cref="Canonicalize"/>.</exception>
    public static string Digest(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(Canonicalize(json)));

    /// <summary>Appends the canonical form.</summary>
    /// <exception cref="JsonException">As <see cref="Canonicalize"/>; what was appended until then is meaningless.</exception>
    internal static void Write(ReadOnlySpan<byte> json, ByteBuffer output) => (writer ??= new()).Write(json, output);

    /// <summary>Appends a string as a canonical JSON string.</summary>
    /// <exception cref="JsonException">A lone surrogate.</exception>
    internal static void WriteString(ReadOnlySpan<char> text, ByteBuffer output)
    {
        var room = output.Reserve((text.Length * 3) + 2);
        if (Utf8.FromUtf16(text, room[1..], out _, out var written, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done)
            throw new JsonException("A lone surrogate is not text.");
        var utf8 = room.Slice(1, written);
        if (utf8.ContainsAnyInRange((byte)0, (byte)0x1f) || utf8.ContainsAny((byte)'"', (byte)'\\'))
        {
            WriteUnescaped(utf8.ToArray(), output);
            return;
        }
        room[0] = (byte)'"';
        room[written + 1] = (byte)'"';
        output.Advance(written + 2);
    }

    /// <summary>Appends decoded UTF-8 as a canonical JSON string.</summary>
    internal static void WriteUnescaped(ReadOnlySpan<byte> utf8, ByteBuffer output)
    {
        output.Append((byte)'"');
        foreach (var value in utf8)
        {
            switch (value)
            {
                case (byte)'"': output.Append("\\\""u8); break;
                case (byte)'\\': output.Append("\\\\"u8); break;
                case (byte)'\b': output.Append("\\b"u8); break;
                case (byte)'\t': output.Append("\\t"u8); break;
                case (byte)'\n': output.Append("\\n"u8); break;
                case (byte)'\f': output.Append("\\f"u8); break;
                case (byte)'\r': output.Append("\\r"u8); break;
                case < 0x20:
                    output.Append("\\u00"u8);
                    output.Append((byte)(value >> 4 == 0 ? '0' : '1'));
                    output.Append("0123456789abcdef"u8[value & 15]);
                    break;
                default: output.Append(value); break;
            }
        }
        output.Append((byte)'"');
    }

    /// <summary>A finite number as ECMAScript's <c>Number::toString</c> lays it out.</summary>
    /// <exception cref="JsonException">Not finite.</exception>
    internal static string FormatNumber(double value)
    {
        if (!double.IsFinite(value))
            throw new JsonException("A number that no double can hold.");
        if (value == 0)
            return "0";
        // .NET finds the shortest digits that read back the same, as ECMAScript demands; only where the point goes differs.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var (digits, exponent) = Digits(shortest);
        var sign = value < 0 ? "-" : "";
        var count = digits.Length;
        return sign + exponent switch
        {
            <= 21 and > 0 when count <= exponent => digits + new string('0', exponent - count),
            <= 21 and > 0 => digits[..exponent] + "." + digits[exponent..],
            <= 0 and > -6 => "0." + new string('0', -exponent) + digits,
            _ => digits[..1] + (count > 1 ? "." + digits[1..] : "") + "e" + (exponent > 0 ? "+" : "-")
                + Math.Abs(exponent - 1).ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Significant digits, and where the decimal point stands relative to their beginning.</summary>
    private static (string Digits, int Exponent) Digits(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = e < 0 ? text : text[..e];
        var shift = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var all = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), whole - leading + shift);
    }

    private sealed class JcsWriter
    {
        private readonly List<Member> members = [];
        private readonly ByteBuffer scratch = new(1024);
        private ByteBuffer output = null!;

        private readonly record struct Member(int Start, int NameEnd, int End, bool Plain);

        public void Write(ReadOnlySpan<byte> json, ByteBuffer target)
        {
            output = target;
            members.Clear();
            try
            {
                var reader = new Utf8JsonReader(json);
                if (!reader.Read())
                    throw new JsonException("No JSON value.");
                WriteValue(ref reader);
                if (reader.Read())
                    throw new JsonException("More than one JSON value.");
            }
            catch (InvalidOperationException badText)
            {
                throw new JsonException("Text that is not valid Unicode.", badText);
            }
        }

        private void WriteValue(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: WriteObject(ref reader); break;
                case JsonTokenType.StartArray: WriteArray(ref reader); break;
                case JsonTokenType.String: WriteText(ref reader); break;
                case JsonTokenType.Number: WriteNumber(ref reader); break;
                default: output.Append(reader.ValueSpan); break;
            }
        }

        private void WriteArray(ref Utf8JsonReader reader)
        {
            output.Append((byte)'[');
            for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
            {
                if (!first)
                    output.Append((byte)',');
                WriteValue(ref reader);
            }
            output.Append((byte)']');
        }

        private void WriteObject(ref Utf8JsonReader reader)
        {
            output.Append((byte)'{');
            var first = members.Count;
            var ordered = true;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var start = output.Length;
                var plain = WriteText(ref reader);
                var nameEnd = output.Length;
                output.Append((byte)':');
                reader.Read();
                WriteValue(ref reader);
                members.Add(new(start, nameEnd, output.Length, plain));
                output.Append((byte)',');
                ordered = ordered && (members.Count - first < 2 || Compare(members[^2], members[^1]) < 0);
            }
            if (members.Count == first)
            {
                output.Append((byte)'}');
                return;
            }
            if (!ordered)
                Reorder(CollectionsMarshal.AsSpan(members)[first..]);
            output.Replace(output.Length - 1, (byte)'}');
            members.RemoveRange(first, members.Count - first);
        }

        private void Reorder(Span<Member> span)
        {
            var start = span[0].Start;
            span.Sort(Compare);
            scratch.Clear();
            for (var i = 0; i < span.Length; i++)
            {
                if (i > 0 && Compare(span[i - 1], span[i]) == 0)
                    throw new JsonException("A name appears twice in one object.");
                scratch.Append(output.Written[span[i].Start..span[i].End]);
                scratch.Append((byte)',');
            }
            output.Overwrite(start, scratch.Written);
        }

        private int Compare(Member left, Member right)
        {
            var a = output.Written[left.Start..left.NameEnd];
            var b = output.Written[right.Start..right.NameEnd];
            return left.Plain && right.Plain
                ? a[1..^1].SequenceCompareTo(b[1..^1])
                : string.CompareOrdinal(Decode(a), Decode(b));
        }

        private static string Decode(ReadOnlySpan<byte> quoted)
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.GetString()!;
        }

        /// <summary>
        /// Appends the string at hand; true when it is ASCII without escapes, so that its bytes sort as its characters do.
        /// </summary>
        private bool WriteText(ref Utf8JsonReader reader)
        {
            var raw = reader.ValueSpan;
            if (!reader.ValueIsEscaped)
            {
                var ascii = Ascii.IsValid(raw);
                if (!ascii && !Utf8.IsValid(raw))
                    throw new JsonException("Text that is not valid UTF-8.");
                var room = output.Reserve(raw.Length + 2);
                room[0] = (byte)'"';
                raw.CopyTo(room[1..]);
                room[raw.Length + 1] = (byte)'"';
                output.Advance(raw.Length + 2);
                return ascii;
            }
            var decoded = raw.Length <= 512 ? stackalloc byte[raw.Length] : new byte[raw.Length];
            WriteUnescaped(decoded[..reader.CopyString(decoded)], output);
            return false;
        }

        private void WriteNumber(ref Utf8JsonReader reader)
        {
            const long ExactInDouble = 1L << 53;
            if (!reader.ValueSpan.ContainsAny("-.eE"u8) && reader.TryGetInt64(out var whole) && whole <= ExactInDouble)
                output.Append(reader.ValueSpan);
            else
                output.Append(Encoding.ASCII.GetBytes(FormatNumber(reader.GetDouble())));
        }
    }
}

using System.Text;
using System.Text.Json;

namespace DevOpsAI.Ledger;

/// <summary>
/// Whether some JSON is canonical (RFC 8785) already. Looks without copying; what is out of the ordinary is written anew and compared.
/// </summary>
internal static class JcsCheck
{
    private const int MaxDigits = 15;

    [ThreadStatic] private static ByteBuffer? canonical;

    /// <exception cref="JsonException">Not JSON that has a canonical form.</exception>
    public static bool IsCanonical(ReadOnlySpan<byte> json) => IsPlainlyCanonical(json) || IsSameAnew(json);

    private static bool IsSameAnew(ReadOnlySpan<byte> json)
    {
        var output = canonical ??= new(4096);
        output.Clear();
        Jcs.Write(json, output);
        return output.Written.SequenceEqual(json);
    }

    /// <summary>False when it is not, and when it cannot be told so simply: escapes, names beyond ASCII, numbers with a fraction.</summary>
    private static bool IsPlainlyCanonical(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Span<(int Start, int Length)> names = stackalloc (int, int)[reader.CurrentState.Options.MaxDepth + 1];
        // Without white space, the tokens and what separates them are all there is.
        var length = 0;
        var isFirst = true;
        while (reader.Read())
        {
            var token = reader.TokenType;
            var isEnd = token is JsonTokenType.EndObject or JsonTokenType.EndArray;
            // A value behind its name has no comma.
            length += isFirst || isEnd ? 0 : 1;
            isFirst = token is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName;
            switch (token)
            {
                case JsonTokenType.StartObject:
                    names[reader.CurrentDepth] = default;
                    length++;
                    break;
                case JsonTokenType.PropertyName:
                    if (reader.ValueIsEscaped || !Ascii.IsValid(reader.ValueSpan))
                        return false;
                    ref var last = ref names[reader.CurrentDepth - 1];
                    if (last.Start > 0 && json.Slice(last.Start, last.Length).SequenceCompareTo(reader.ValueSpan) >= 0)
                        return false;
                    last = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
                    length += reader.ValueSpan.Length + 3;
                    break;
                case JsonTokenType.String:
                    if (reader.ValueIsEscaped)
                        return false;
                    length += reader.ValueSpan.Length + 2;
                    break;
                case JsonTokenType.Number:
                    if (!IsPlainInteger(reader.ValueSpan))
                        return false;
                    length += reader.ValueSpan.Length;
                    break;
                default:
                    length += isEnd || token == JsonTokenType.StartArray ? 1 : reader.ValueSpan.Length;
                    break;
            }
        }
        return length == json.Length;
    }

    private static bool IsPlainInteger(ReadOnlySpan<byte> number) =>
        number.Length <= MaxDigits && !number.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}

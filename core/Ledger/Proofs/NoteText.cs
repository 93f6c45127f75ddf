using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What the C2SP formats have in common: strict UTF-8, strict base64, decimals without leading zeros.</summary>
internal static class NoteText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="NoteFormatException">Not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            throw new NoteFormatException("it begins with a byte order mark; save it as UTF-8 without");
        if (bytes.Length > 1 && (bytes[..2] is [0xFF, 0xFE] or [0xFE, 0xFF] || bytes[..2].Contains((byte)0)))
            throw new NoteFormatException("it is UTF-16; save it as UTF-8 without a byte order mark");
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new NoteFormatException("not UTF-8");
        }
    }

    /// <summary>
    /// What an editor, a mail or a chat has made of the text on its way, for people to undo; null when nothing of that kind is seen.
    /// </summary>
    public static string? ChangedOnItsWay(string text)
    {
        foreach (var (number, line) in text.Split('\n').Index())
        {
            foreach (var character in line)
            {
                if (character == '\r')
                    return $"line {number + 1} ends as on Windows; save it with line ends of Unix (LF)";
                if (character != ' ' && char.IsWhiteSpace(character))
                    return $"line {number + 1} holds white space that is no ordinary space (U+{(int)character:X4}), as a mail or chat "
                        + $"puts in; take the text from a file";
                if (char.GetUnicodeCategory(character) == UnicodeCategory.Format)
                    return $"line {number + 1} holds a character that cannot be seen (U+{(int)character:X4}), as a mail or chat puts in; "
                        + $"take the text from a file";
                if (character is '\u2018' or '\u2019' or '\u201C' or '\u201D' or '\u201E' or '\u00AB' or '\u00BB')
                    return $"line {number + 1} holds a typographic quotation mark, as a mail or chat puts in; take the text from a file";
            }
        }
        return null;
    }

    public static byte[] Encode(string text) => Strict.GetBytes(text);

    /// <summary>Standard base64 with padding, without white space, and with nothing in the bits that padding leaves over.</summary>
    public static byte[]? FromBase64(string text)
    {
        if (!Base64.IsValid(text) || text.Any(char.IsWhiteSpace))
            return null;
        var bytes = Convert.FromBase64String(text);
        return Convert.ToBase64String(bytes) == text ? bytes : null;
    }

    public static byte[]? Hash(string text) => FromBase64(text) is { Length: MerkleTree.HashSize } hash ? hash : null;

    /// <summary>A number from 0 on in decimal digits without leading zeros; null for anything else.</summary>
    public static long? Number(string text) =>
        text.Length is > 0 and <= 19 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Key names are not empty and hold neither white space nor '+', nor what a terminal would obey.</summary>
    public static bool IsKeyName(string name) =>
        name.Length is > 0 and <= 500
            && !name.Any(static character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));
}

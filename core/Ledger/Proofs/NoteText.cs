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
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new NoteFormatException("not UTF-8");
        }
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
        name.Length is > 0 and <= 500 && !name.Any(static character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));
}

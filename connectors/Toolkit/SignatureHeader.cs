namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// The header that a sender writes a signature into, in each of the forms that vendors have: one alone, behind the name of its hash or
/// version (<c>sha256=…</c>, <c>v0=…</c>), several with blanks or commas between them (<c>v1,… v1,…</c>), or with the time beside them
/// (<c>t=…,v1=…</c>); in hex or base64, url-safe or not, padded or not.
/// </summary>
internal static class SignatureHeader
{
    private const int MaxElements = 32;
    private const int MaxName = 16;
    private static readonly char[] Between = [' ', ',', ';'];
    private static readonly string[] Times = ["t", "ts", "timestamp"];
    private static readonly string[] Hashes = ["md5", "sha1", "sha256", "sha384", "sha512"];

    /// <summary>The time that stands beside the signatures; null when there is none.</summary>
    public static string? Time(string header) => Elements(header)
        .Where(static one => Times.Contains(one.Name, StringComparer.OrdinalIgnoreCase)).Select(static one => one.Value).FirstOrDefault();

    /// <summary>
    /// Whatever may be a signature: which version or name it goes by does not matter, since only one hash with one key is held against it.
    /// One that is said to be of another hash is left out.
    /// </summary>
    /// <param name="length">Of the hash, in bytes.</param>
    public static IReadOnlyList<byte[]> Signatures(string header, HmacAlgorithm algorithm, int length) =>
    [
        .. Elements(header).Where(one => Hash(one.Name) is not { } hash || hash.Equals($"{algorithm}", StringComparison.OrdinalIgnoreCase))
            .Select(one => Decode(one.Value, length)).OfType<byte[]>(),
    ];

    /// <summary>Null for what is none.</summary>
    public static byte[]? FromBase64(string text)
    {
        var plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        var buffer = new byte[plain.Length];
        return Convert.TryFromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='), buffer, out var length)
            ? buffer[..length]
            : null;
    }

    private static IEnumerable<(string Name, string Value)> Elements(string header) => header
        .Split(Between, MaxElements, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(static one => one.IndexOf('=', StringComparison.Ordinal) is > 0 and <= MaxName and var end && end < one.Length - 1
            ? (one[..end], one[(end + 1)..])
            : ("", one));

    private static string? Hash(string name)
    {
        var plain = string.Concat(name.Where(char.IsAsciiLetterOrDigit));
        return Array.Find(Hashes, hash => plain.EndsWith(hash, StringComparison.OrdinalIgnoreCase));
    }

    private static byte[]? Decode(string text, int length)
    {
        var bytes = text.Length == 2 * length && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : FromBase64(text);
        return bytes?.Length == length ? bytes : null;
    }
}

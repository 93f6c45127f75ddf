using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>One line of <c>entries.jsonl</c>.</summary>
/// <param name="Leaf">RFC 6962 leaf hash, lower-case hexadecimal.</param>
/// <param name="Body">The entry's canonical text, whose UTF-8 bytes were hashed; null when it is redacted.</param>
/// <param name="Redacted">True when the content is left out.</param>
/// <param name="Sealed">What is kept encrypted beside the entry, base64; only when it was asked for.</param>
/// <param name="Opened">Parts of it that can be read here; only when names were asked for.</param>
internal sealed record BundledEntry(
    long Seq,
    string Leaf,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Body = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Redacted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sealed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DecryptedText>? Opened = null)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static BundledEntry Create(ArchivedEntry archived, bool redacted, bool withSealed) => redacted
        ? new(archived.Stored.Seq, archived.Leaf.ToString(), Redacted: true)
        : new(
            archived.Stored.Seq,
            archived.Leaf.ToString(),
            Strict.GetString(archived.Stored.Body.Span),
            Sealed: withSealed && archived.Stored.Encrypted is { } bytes ? Convert.ToBase64String(bytes.Span) : null,
            Opened: archived.Opened.Count == 0 ? null : [.. archived.Opened.Select(DecryptedText.From)]);

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Lines.BundledEntry), (byte)'\n'];

    public byte[]? BodyBytes() => Body is null ? null : Strict.GetBytes(Body);
}

/// <summary>A part of what is encrypted beside the entry, for everybody to read and to hold against the entry.</summary>
/// <param name="Part">Its place among the parts that the body names, from 0.</param>
/// <param name="Salt">Lower-case hexadecimal.</param>
/// <param name="Text">JSON: the members that were encrypted.</param>
internal sealed record DecryptedText(int Part, string Salt, string Text)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static DecryptedText From(DecryptedField part) =>
        new(part.Part, Convert.ToHexStringLower(part.Salt.Span), Strict.GetString(part.Text.Span));

    /// <exception cref="FormatException">The salt is not written as such a salt is written.</exception>
    public DecryptedField ToPart() => Salt.Length == 2 * DataKey.Size && Salt.All(char.IsAsciiHexDigitLower)
        ? new(Part, Convert.FromHexString(Salt), Strict.GetBytes(Text))
        : throw new FormatException("its salt is not 32 bytes in lower-case hexadecimal");
}

/// <summary>One line of <c>earlier-checkpoints.jsonl</c>: a signed note, as it was when the ledger had so many entries.</summary>
internal sealed record EarlierCheckpoint(long Size, string Note)
{
    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Lines.EarlierCheckpoint), (byte)'\n'];
}

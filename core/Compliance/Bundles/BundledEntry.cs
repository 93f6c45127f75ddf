using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>One line of <c>entries.jsonl</c>.</summary>
/// <param name="Leaf">RFC 6962 leaf hash, lower-case hexadecimal.</param>
/// <param name="Body">The entry's canonical text, whose UTF-8 bytes were hashed; null when it is redacted.</param>
/// <param name="Redacted">True when the content is left out.</param>
/// <param name="Sealed">What is kept encrypted beside the entry, base64; only when it was asked for.</param>
internal sealed record BundledEntry(
    long Seq,
    string Leaf,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Body = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Redacted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sealed = null)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static BundledEntry Of(StoredEntry stored, Hash256 leaf, bool redacted, bool withSealed) => redacted
        ? new(stored.Seq, leaf.ToString(), Redacted: true)
        : new(stored.Seq, leaf.ToString(), Strict.GetString(stored.Body.Span), Sealed: withSealed && stored.Sealed is { } bytes ? Convert.ToBase64String(bytes.Span) : null);

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Lines.BundledEntry), (byte)'\n'];

    public byte[]? BodyBytes() => Body is null ? null : Strict.GetBytes(Body);
}

/// <summary>One line of <c>earlier-checkpoints.jsonl</c>: a signed note, as it was when the ledger had so many entries.</summary>
internal sealed record EarlierCheckpoint(long Size, string Note)
{
    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Lines.EarlierCheckpoint), (byte)'\n'];
}

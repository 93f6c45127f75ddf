using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Compliance.Bundles;

/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record BundledFile(string Name, long Size, string Sha256);

/// <summary>What is in a bundle, and what its documents were made for.</summary>
/// <param name="Derivation">How the documents follow from the entries; see <see cref="BundleFormat.Derivation"/>.</param>
/// <param name="Sealed">The encrypted parts are in it, as ciphertext.</param>
/// <param name="Names">Titles, summaries, reasons and names are in it, opened; see <see cref="NamedParts"/>.</param>
/// <param name="AsOf">Time of the last entry.</param>
/// <param name="Origin">The ledger's name in its checkpoint.</param>
/// <param name="TreeSize">Number of entries that the checkpoint covers.</param>
/// <param name="RootHash">Merkle root, lower-case hexadecimal.</param>
public sealed record BundleManifest(
    string Format,
    int Version,
    int Derivation,
    string Tenant,
    string TenantName,
    string Provider,
    string Namespace,
    long First,
    long Last,
    long Redacted,
    bool Sealed,
    bool Names,
    string AsOf,
    string Origin,
    long TreeSize,
    string RootHash,
    IReadOnlyList<BundledFile> Files)
{
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Readable.BundleManifest), (byte)'\n'];
}

[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(RangeProof))]
[JsonSerializable(typeof(EarlierCheckpoint))]
[JsonSerializable(typeof(BundledEntry))]
internal sealed partial class BundleJson : JsonSerializerContext
{
    public static BundleJson Readable { get; } = new(With(indented: true));

    public static BundleJson Lines { get; } = new(With(indented: false));

    private static JsonSerializerOptions With(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        WriteIndented = indented,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>How keys are kept among the documents beside the ledger. No name, address or object id is in them.</summary>
internal static class KeyDocuments
{
    /// <summary>The tenant's data key under the customer's key: one document, <see cref="TenantKey"/>.</summary>
    public const string DataKeyKind = "data-key";

    public const string TenantKey = "t1";

    /// <summary>A person's or user's key under the tenant's data key, by key id.</summary>
    public const string SubjectKeyKind = "subject-key";

    /// <summary>The id of a subject's key, by a keyed hash of who it is.</summary>
    public const string SubjectKind = "subject";

    /// <summary>
    /// The key of what is derived from what was encrypted under several keys, under the tenant's data key: one document,
    /// <see cref="DerivedKey"/>.
    /// </summary>
    public const string DerivedKeyKind = "derived-key";

    public const string DerivedKey = "current";

    /// <summary>States as they were: deleted with that key, since whoever has no state has to make one.</summary>
    public const string StateKind = "derived-state";

    /// <summary>Which entries belong to which stream, where a store has no index of its own for that: deleted likewise.</summary>
    public const string IndexKind = "derived-index";

    /// <summary>
    /// Incidents that have left the state. Without the key nothing can be read of them, and they are written over when they are derived
    /// again.
    /// </summary>
    public const string ClosedKind = "derived-closed";
}

/// <summary>A person's or user's key as it is kept.</summary>
/// <param name="Wrapped">Under a key derived from the tenant's data key, AES key wrap with padding (RFC 5649).</param>
/// <param name="Subject">Id of the document that leads to it.</param>
internal sealed record SubjectKeyDocument(byte[] Wrapped, string Subject);

/// <summary>The key of what is derived, as it is kept; wrapped as a <see cref="SubjectKeyDocument"/> is.</summary>
/// <param name="Id">Random, so that one made after an erasure is told from the one before.</param>
internal sealed record DerivedKeyDocument(string Id, byte[] Wrapped);

/// <summary>
/// A tenant's data key as it is kept: a <see cref="WrappedKey"/>, and the rotations that brought it about and are not on record yet.
/// </summary>
internal sealed record DataKeyDocument(string Kek, string Algorithm, byte[] Value)
{
    /// <summary>
    /// Written with the key itself, so that a rotation is carried out and to be recorded at the same instant; null for none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KeyRotation>? Unrecorded { get; init; }

    [JsonIgnore]
    public WrappedKey Key => new(Kek, Algorithm, Value);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DataKeyDocument))]
[JsonSerializable(typeof(SubjectKeyDocument))]
[JsonSerializable(typeof(DerivedKeyDocument))]
internal sealed partial class KeyJson : JsonSerializerContext;

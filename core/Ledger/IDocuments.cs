using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>Whose documents: one tenant's, or the MSP's own, which belong to no client.</summary>
public readonly record struct DocumentScope
{
    private readonly TenantId? tenant;

    private DocumentScope(TenantId tenant) => this.tenant = tenant;

    /// <summary>What concerns the bot itself, as the conversations it was seen in.</summary>
    public static DocumentScope Host => default;

    public static DocumentScope From(TenantId tenant) => new(tenant);

    /// <summary>The stored form: the tenant id, or <c>*</c> for <see cref="Host"/>, which no tenant id can be.</summary>
    public string Value => tenant?.Value ?? "*";

    public override string ToString() => Value;
}

/// <summary>A document as it was read.</summary>
/// <param name="Tag">Changes with every write; what a later write must name.</param>
public sealed record Document(string Id, string Tag, ReadOnlyMemory<byte> Value);

/// <summary>
/// Small keyed documents beside the ledger: checkpoints, wrapped keys, poll positions. Durable once a call returns, but rewritable:
/// nothing in here is evidence on its own.
/// </summary>
public interface IDocuments
{
    /// <summary>The document; null when there is none.</summary>
    /// <param name="kind">What sort of document, as in <c>checkpoint</c>: lower-case letters and hyphens.</param>
    /// <param name="id">Unique within scope and kind: at most 200 of the characters A-Z, a-z, 0-9, <c>- _ . :</c> and <c>|</c>.</param>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken);

    /// <summary>
    /// All documents of a kind whose id begins with <paramref name="prefix"/>, in ordinal order of their ids, as a stream.
    /// </summary>
    IAsyncEnumerable<Document> ListAsync(DocumentScope scope, string kind, string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Writes unless somebody was faster; false when <paramref name="expectedTag"/> is no longer the document's tag, or, when it is null,
    /// when there is a document already.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The store cannot be written now; whether the document was written is unknown only when
    /// the connection was lost.</exception>
    ValueTask<bool> TryPutAsync(DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag,
        CancellationToken cancellationToken);

    /// <summary>Removes the document so that its bytes are gone from the store's own files; nothing happens when there is none.</summary>
    ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken);
}

using System.Security.Cryptography;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Each tenant's data key among the documents, wrapped under a key that the customer manages; and how it comes under another one.
/// </summary>
internal sealed class DataKeyStore(IDocuments documents, IKeyWrapper wrapper)
{
    /// <summary>The data key itself; null when the tenant has none yet.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read or unwrapped; the message says what to do.</exception>
    public async ValueTask<byte[]?> UnwrapAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        for (string? failed = null; await FindAsync(tenant, cancellationToken) is { } found; failed = found.Tag)
        {
            try
            {
                return await wrapper.UnwrapAsync(tenant, found.Kept.Key, cancellationToken);
            }
            catch (LedgerUnavailableException) when (found.Tag != failed)
            {
                // The key may have been rotated since the document was read; then there is another document now.
            }
        }
        return null;
    }

    /// <summary>
    /// Wraps the tenant's data key under a new key of the customer. No encrypted byte changes, and neither does the data key, so whoever
    /// has it in memory goes on as before. Goes on where a crash stopped it. The rotation is to be recorded by
    /// <see cref="RotationRecord"/>.
    /// </summary>
    /// <param name="correlation">Of the entry that will record it.</param>
    /// <returns>Null when the tenant has no data key yet. When the key to wrap under is still the same, From and To are equal and nothing
    /// was done.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be done; the old key is still in use, or a rotation begun before
    /// is.</exception>
    public async ValueTask<KeyRotation?> RotateAsync(TenantId tenant, CorrelationId correlation, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, cancellationToken) is null)
            return null;
        using var rotation = await wrapper.BeginRotationAsync(tenant, cancellationToken);
        var (kept, _) = await FindAsync(tenant, cancellationToken) ?? throw Gone(tenant);
        var root = await wrapper.UnwrapAsync(tenant, kept.Key, cancellationToken);
        try
        {
            if (await rotation.EndAsync(kept.Key, cancellationToken))
                return kept.Unrecorded is [.., var last] ? last : new(null, kept.Kek, correlation);
            var again = await rotation.WrapAsync(root, cancellationToken);
            if (!CryptographicOperations.FixedTimeEquals(await wrapper.UnwrapAsync(tenant, again, cancellationToken), root))
                throw new LedgerUnavailableException(
                    $"The new key {again.Kek} does not give back what it wrapped; the old one is still in use.");
            var rotated = new KeyRotation(kept.Kek, again.Kek, correlation);
            if (rotated.From == rotated.To)
                return rotated;
            await PutAsync(tenant, again, rotated, cancellationToken);
            await rotation.EndAsync(again, CancellationToken.None);
            return rotated;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(root);
        }
    }

    /// <summary>Rotations that were carried out and may not be on record yet.</summary>
    /// <exception cref="LedgerUnavailableException">The keys cannot be read.</exception>
    public async ValueTask<IReadOnlyList<KeyRotation>> UnrecordedAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await FindAsync(tenant, cancellationToken) is { Kept.Unrecorded: { } unrecorded } ? unrecorded : [];

    /// <summary>The rotation is on record now. Harmless to repeat.</summary>
    /// <exception cref="LedgerUnavailableException">The keys cannot be written; what is on record stays so.</exception>
    public async ValueTask RecordedAsync(TenantId tenant, KeyRotation rotation, CancellationToken cancellationToken)
    {
        while (await FindAsync(tenant, cancellationToken) is { Kept.Unrecorded: { } unrecorded } found && unrecorded.Contains(rotation))
        {
            var left = unrecorded.Where(one => one != rotation).ToList();
            if (await TryPutAsync(tenant, found.Kept with { Unrecorded = left.Count > 0 ? left : null }, found.Tag, cancellationToken))
                return;
        }
    }

    /// <summary>False when somebody was faster.</summary>
    public ValueTask<bool> TryPutAsync(TenantId tenant, DataKeyDocument document, string? tag, CancellationToken cancellationToken) =>
        documents.TryPutAsync(
        DocumentScope.From(tenant), KeyDocuments.DataKeyKind, KeyDocuments.TenantKey,
        JsonSerializer.SerializeToUtf8Bytes(document, KeyJson.Default.DataKeyDocument), tag, cancellationToken);

    /// <summary>
    /// Stores the key as it was wrapped anew. Whoever notes meanwhile that an earlier rotation is on record does not stand in the way.
    /// </summary>
    private async ValueTask PutAsync(TenantId tenant, WrappedKey again, KeyRotation rotated, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kept, tag) = await FindAsync(tenant, cancellationToken) ?? throw Gone(tenant);
            if (kept.Kek != rotated.From)
                throw new LedgerUnavailableException($"The key of {tenant} was rotated by somebody else a moment ago.");
            var next = new DataKeyDocument(again.Kek, again.Algorithm, again.Value) { Unrecorded = [.. kept.Unrecorded ?? [], rotated] };
            if (await TryPutAsync(tenant, next, tag, cancellationToken))
                return;
        }
    }

    private static LedgerUnavailableException Gone(TenantId tenant) =>
        new($"The data key of {tenant} is gone from the documents beside the ledger.");

    private async ValueTask<(DataKeyDocument Kept, string Tag)?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(DocumentScope.From(tenant), KeyDocuments.DataKeyKind, KeyDocuments.TenantKey, cancellationToken)
            is not { } document)
            return null;
        try
        {
            var kept = JsonSerializer.Deserialize(document.Value.Span, KeyJson.Default.DataKeyDocument);
            return kept is { Kek: not null, Algorithm: not null, Value: not null }
                ? (kept, document.Tag)
                : throw new JsonException("something is missing from it");
        }
        catch (JsonException damaged)
        {
            throw new LedgerUnavailableException(
                $"The wrapped data key of {tenant} is damaged. Restore the documents beside the ledger from a backup; nothing was changed.",
                damaged);
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Each tenant's key for what is derived, among the documents. There is one at a time, and none after an erasure until it is asked for.
/// </summary>
internal sealed class DerivedKeys(IDocuments documents)
{
    /// <exception cref="LedgerUnavailableException">It cannot be read or stored.</exception>
    public async ValueTask<DataKey?> OfAsync(TenantKeys keys, bool mayCreate, CancellationToken cancellationToken)
    {
        if (keys.Derived is { IsDestroyed: false } known)
            return known;
        var scope = DocumentScope.From(keys.Tenant);
        while (true)
        {
            var found = await documents.FindAsync(scope, KeyDocuments.DerivedKeyKind, KeyDocuments.DerivedKey, cancellationToken);
            var key = found is null ? null : Unwrap(keys, found);
            if (key is null && !mayCreate)
                return null;
            if (key is null)
            {
                key = DataKey.Create("d-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
                var made = JsonSerializer.SerializeToUtf8Bytes(
                    new DerivedKeyDocument(key.Id, SubjectKeyWrap.Wrap(keys, key)), KeyJson.Default.DerivedKeyDocument);
                if (!await documents.TryPutAsync(
                    scope, KeyDocuments.DerivedKeyKind, KeyDocuments.DerivedKey, made, found?.Tag, cancellationToken))
                    continue;
            }
            keys.AddDerived(key);
            return key;
        }
    }

    /// <summary>Destroys it, and with it all that was derived so far. Harmless to repeat.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written; try again.</exception>
    public async Task DestroyAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(tenant);
        await documents.DeleteAsync(scope, KeyDocuments.DerivedKeyKind, KeyDocuments.DerivedKey, cancellationToken);
        foreach (var kind in (string[])[KeyDocuments.StateKind, KeyDocuments.IndexKind])
        {
            await foreach (var derived in documents.ListAsync(scope, kind, "", cancellationToken))
                await documents.DeleteAsync(scope, kind, derived.Id, cancellationToken);
        }
    }

    /// <summary>Null when it is damaged: nothing depends on it that could not be derived again.</summary>
    private static DataKey? Unwrap(TenantKeys keys, Document found)
    {
        try
        {
            var kept = JsonSerializer.Deserialize(found.Value.Span, KeyJson.Default.DerivedKeyDocument);
            return kept is { Id: not null, Wrapped: not null } ? SubjectKeyWrap.Unwrap(keys, kept.Id, kept.Wrapped) : null;
        }
        catch (Exception damaged) when (damaged is CryptographicException or JsonException or ArgumentException)
        {
            return null;
        }
    }
}

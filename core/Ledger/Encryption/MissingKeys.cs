using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Tells a key that was erased from one that is merely not there: only an <c>erasure.completed</c> entry on the ledger makes its absence
/// lawful. Needs no key itself.
/// </summary>
public static class MissingKeys
{
    /// <summary>The keys among those in use that are not beside the ledger although no entry says that they were erased.</summary>
    /// <exception cref="LedgerUnavailableException">The documents or the ledger cannot be read now.</exception>
    public static async Task<IReadOnlyList<KeyUse>> FindAsync(
        IDocuments documents, ILedgerArchive archive, TenantId tenant, IReadOnlyCollection<KeyUse> uses,
        CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(tenant);
        var there = new HashSet<string>(StringComparer.Ordinal);
        if (uses.Count > 0)
        {
            await foreach (var key in documents.ListAsync(scope, KeyDocuments.SubjectKeyKind, "", cancellationToken))
                there.Add(key.Id);
        }
        var missing = new List<KeyUse>();
        foreach (var use in uses.Where(use => !there.Contains(use.Key)))
        {
            var kind = use.Key == KeyDocuments.TenantKey ? KeyDocuments.DataKeyKind : KeyDocuments.SubjectKeyKind;
            if (await documents.FindAsync(scope, kind, use.Key, cancellationToken) is null
                && !await IsErasedAsync(archive, tenant, use.Key, cancellationToken))
                missing.Add(use);
        }
        return missing;
    }

    /// <summary>Whether an entry says that the key was erased.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public static async ValueTask<bool> IsErasedAsync(
        ILedgerArchive archive, TenantId tenant, string key, CancellationToken cancellationToken) =>
        await ErasureOfAsync(archive, tenant, key, cancellationToken) is ErasureCompleted;

    /// <summary>
    /// The last that was done about the erasure of a key: asked for, approved or completed; null when nobody asked for it.
    /// </summary>
    internal static async ValueTask<Fact?> ErasureOfAsync(
        ILedgerArchive archive, TenantId tenant, string key, CancellationToken cancellationToken)
    {
        Fact? last = null;
        await foreach (var stored in archive.ReadStreamAsync(tenant, StreamId.Erasure(key), cancellationToken))
        {
            if (GetKey(stored) is { } fact)
                last = fact.Key == key && last is not ErasureCompleted ? fact.Fact : last;
        }
        return last;
    }

    private static (string Key, Fact Fact)? GetKey(StoredEntry stored)
    {
        try
        {
            return LedgerFeature.Codec.Decode(stored, null).Fact switch
            {
                ErasureRequested asked => (asked.Key, asked),
                ErasureApproved approved => (approved.Key, approved),
                ErasureCompleted completed => (completed.Key, completed),
                _ => null,
            };
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

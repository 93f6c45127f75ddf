using System.Runtime.CompilerServices;
using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Secrets that people typed into a form: kept in the Key Vault of <c>Secrets:KeyVault</c>, or else encrypted among the tenant's documents,
/// and never on the ledger, in a log or on a card. What is on record is a reference. What was kept before the vault was set stays where it
/// is.
/// </summary>
public sealed class StoredSecrets
{
    private readonly KeyVaultSecrets vault;
    private readonly Lazy<DocumentSecrets> documents;
    private readonly SecretCache cache;

    /// <param name="documents">Made when one is needed: settings are read before the store of the ledger is opened.</param>
    internal StoredSecrets(KeyVaultSecrets vault, Lazy<DocumentSecrets> documents, TimeProvider clock)
    {
        (this.vault, this.documents) = (vault, documents);
        cache = new(clock, reference => StoreOf(reference).ReadAsync(reference, CancellationToken.None));
    }

    /// <summary>The bot itself keeps it, for whichever client.</summary>
    public static bool IsKept(SecretReference reference) =>
        reference.StoredName is not null || (reference.VaultName is { } name && KeyVaultSecrets.IsKeptName(name));

    /// <summary>What is typed from now on is kept in a vault.</summary>
    public bool HasVault => vault.IsSet;

    /// <summary>Why the vault cannot be used, one sentence; null when it can, as far as that shows without a secret.</summary>
    public Task<string?> FindVaultProblemAsync(CancellationToken cancellationToken) => vault.FindProblemAsync(cancellationToken);

    /// <summary>Keeps a secret; it is durable when this returns.</summary>
    /// <exception cref="SecretStoreUnavailableException">It cannot be kept now.</exception>
    public async Task<SecretReference> PutAsync(TenantId tenant, string secret, CancellationToken cancellationToken)
    {
        ISecretStore store = vault.IsSet ? vault : documents.Value;
        var reference = await store.PutAsync(tenant, secret, cancellationToken);
        cache.Put(reference, secret);
        return reference;
    }

    /// <summary>
    /// The secret, or null when there is none. Only where nothing of it is known yet a thread waits for its store; see
    /// <see cref="LoadAsync"/>.
    /// </summary>
    /// <exception cref="SecretUnavailableException">It cannot be read now.</exception>
    public string? Read(SecretReference reference) => cache.Get(reference);

    /// <summary>Has what a connection needs at hand, so that nothing waits later. What cannot be read is told when used.</summary>
    public async ValueTask LoadAsync(Connection connection)
    {
        foreach (var value in connection.Settings.Values)
        {
            var reference = new SecretReference(value);
            if (reference.StoredName is null && reference.VaultName is null)
                continue;
            try
            {
                await cache.GetAsync(reference);
            }
            catch (SecretUnavailableException)
            {
                // Whoever uses it is told.
            }
        }
    }

    /// <summary>Removes a secret that the bot keeps for the tenant; nothing happens when it is none.</summary>
    /// <exception cref="SecretStoreUnavailableException">It cannot be removed now.</exception>
    public async Task DeleteAsync(TenantId tenant, SecretReference reference, CancellationToken cancellationToken)
    {
        if (!reference.IsElsewhere || !StoreOf(reference).IsKept(tenant, reference))
            return;
        await StoreOf(reference).DeleteAsync(reference, cancellationToken);
        cache.Forget(reference);
    }

    /// <summary>All that the bot keeps for a tenant, wherever; without the version, where its store has versions.</summary>
    /// <exception cref="SecretStoreUnavailableException">They cannot be listed now.</exception>
    public async IAsyncEnumerable<KeptSecret> ListAsync(
        TenantId tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var kept in documents.Value.ListAsync(tenant, cancellationToken))
            yield return kept;
        await foreach (var kept in vault.ListAsync(tenant, cancellationToken))
            yield return kept;
    }

    private ISecretStore StoreOf(SecretReference reference) => reference.VaultName is null ? documents.Value : vault;
}

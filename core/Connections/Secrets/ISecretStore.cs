using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>A secret that the bot keeps.</summary>
/// <param name="KeptAt">When it was typed.</param>
public sealed record KeptSecret(SecretReference Reference, DateTimeOffset KeptAt);

/// <summary>A place for secrets that people typed into a form, each under a name of its own that never means another.</summary>
internal interface ISecretStore
{
    /// <summary>Keeps a secret; it is durable when this returns.</summary>
    /// <exception cref="SecretStoreUnavailableException">It cannot be kept now.</exception>
    Task<SecretReference> PutAsync(TenantId tenant, string secret, CancellationToken cancellationToken);

    /// <summary>The secret; null when there is none of the name.</summary>
    /// <exception cref="SecretUnavailableException">It cannot be read now, or the bot may not.</exception>
    Task<string?> ReadAsync(SecretReference reference, CancellationToken cancellationToken);

    /// <summary>It was kept here, for this tenant, by the bot: nobody else's is ever removed.</summary>
    bool IsKept(TenantId tenant, SecretReference reference);

    /// <summary>Removes a secret of which <see cref="IsKept"/> is true; nothing happens where it is gone already.</summary>
    /// <exception cref="SecretStoreUnavailableException">It cannot be removed now.</exception>
    Task DeleteAsync(SecretReference reference, CancellationToken cancellationToken);

    /// <summary>All that are kept for a tenant.</summary>
    /// <exception cref="SecretStoreUnavailableException">They cannot be listed now.</exception>
    IAsyncEnumerable<KeptSecret> ListAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>A store of secrets cannot be used now. The message says why, for people.</summary>
public sealed class SecretStoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>A tenant's data key, encrypted under a key that the customer manages.</summary>
/// <param name="Kek">Which key, and which version of it: as in <c>file:3f9c0a1b2c3d4e5f</c>, or the key's address in Key Vault.</param>
/// <param name="Algorithm"><c>A256KWP</c> or <c>RSA-OAEP-256</c>.</param>
public sealed record WrappedKey(string Kek, string Algorithm, byte[] Value);

/// <summary>The customer-managed keys: one for each tenant. It wraps and unwraps data keys and never leaves its place otherwise.</summary>
public interface IKeyWrapper
{
    /// <summary>
    /// Wraps under the tenant's current key. Where keys are made here, one is made when there is none and <paramref name="mayCreate"/> is
    /// true.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The key cannot be used; the message says what to do.</exception>
    ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken);

    /// <exception cref="KeyUnavailableException">The vault that keeps the tenant's key does not give it.</exception>
    /// <exception cref="LedgerUnavailableException">The key that it was wrapped under cannot be had, or is another one; the message says
    /// what to do.</exception>
    ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a rotation. There is one at a time, whatever processes work with the keys; the turn is given back by disposing, or by the end
    /// of the process. Makes nothing yet.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">Somebody else rotates the tenant's key now, or the keys cannot be written; nothing was
    /// changed.</exception>
    ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>
/// A rotation that is under way. Until it ends, what the old key wrapped and what the new one wrapped can both be unwrapped.
/// </summary>
public interface IKeyRotation : IDisposable
{
    /// <summary>Wraps under the new key, making it unless a rotation that was stopped has left one.</summary>
    /// <exception cref="LedgerUnavailableException">The new key cannot be made or used; the old one is still in use.</exception>
    ValueTask<WrappedKey> WrapAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>The key of <paramref name="stored"/> takes the old one's place, if it has not already. Harmless to repeat.</summary>
    /// <param name="stored">What is durable now.</param>
    /// <returns>True when there was something left to do.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be done now. Both keys are still there.</exception>
    ValueTask<bool> EndAsync(WrappedKey stored, CancellationToken cancellationToken);
}

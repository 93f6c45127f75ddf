using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Vault;

/// <summary>A tenant's data key, encrypted under a key that the customer manages.</summary>
/// <param name="Kek">Which key, and which version of it: as in <c>file:3f9c0a1b2c3d4e5f</c>, or the key's address in Key Vault.</param>
/// <param name="Algorithm"><c>A256KWP</c> or <c>RSA-OAEP-256</c>.</param>
public sealed record WrappedKey(string Kek, string Algorithm, byte[] Value);

/// <summary>The customer-managed keys: one for each tenant. It wraps and unwraps data keys and never leaves its place otherwise.</summary>
public interface IKeyWrapper
{
    /// <summary>Wraps under the tenant's current key. Where keys are made here, one is made when there is none and <paramref name="mayCreate"/> is true.</summary>
    /// <exception cref="LedgerUnavailableException">The key cannot be used; the message says what to do.</exception>
    ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken);

    /// <exception cref="LedgerUnavailableException">The key that it was wrapped under cannot be had, or is another one; the message says what to do.</exception>
    ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken);

    /// <summary>From here on <see cref="WrapAsync"/> uses a new key; what the old one wrapped can still be unwrapped. Harmless to repeat after a crash.</summary>
    ValueTask BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The old key is not needed any more. Harmless to repeat.</summary>
    ValueTask EndRotationAsync(TenantId tenant, CancellationToken cancellationToken);
}

using System.Collections.Concurrent;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>Where customers keep their keys, and can take them away.</summary>
/// <param name="keys">What wraps and unwraps as long as they do not.</param>
public sealed class CustomerKeyVault(IKeyWrapper keys) : IKeyWrapper
{
    public const string Revoked = "Key Vault does not let this bot use the key (403).";

    private readonly ConcurrentDictionary<TenantId, int> asked = new();

    /// <summary>Whose keys are not given.</summary>
    public IReadOnlyCollection<TenantId> Unavailable { get; set; } = [];

    /// <summary>Called whenever a key is asked for, before anything else.</summary>
    public Func<TenantId, Task> Asking { get; set; } = static _ => Task.CompletedTask;

    /// <summary>How often a tenant's key was asked for.</summary>
    public int AskedFor(TenantId tenant) => asked.GetValueOrDefault(tenant);

    public async ValueTask<WrappedKey> WrapAsync(
        TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken)
    {
        await AskAsync(tenant);
        return await keys.WrapAsync(tenant, key, mayCreate, cancellationToken);
    }

    public async ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken)
    {
        await AskAsync(tenant);
        return await keys.UnwrapAsync(tenant, wrapped, cancellationToken);
    }

    public ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken) =>
        keys.BeginRotationAsync(tenant, cancellationToken);

    private async Task AskAsync(TenantId tenant)
    {
        asked.AddOrUpdate(tenant, 1, static (_, times) => times + 1);
        await Asking(tenant);
        if (Unavailable.Contains(tenant))
            throw new KeyUnavailableException(tenant, Revoked);
    }
}

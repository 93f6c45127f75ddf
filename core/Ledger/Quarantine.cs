using System.Collections.Concurrent;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// The tenants whose record was found damaged, from that moment until the process ends. Whoever reads or writes a ledger asks here first, so that
/// nothing more is signed, decided, carried out or told on such grounds. Other tenants are not concerned.
/// </summary>
/// <param name="givenUp">Up to which entry an operator has given entries up on purpose: what was signed for them contradicts the ledger for good. Null for nobody.</param>
public sealed class Quarantine(ILogger<Quarantine> logger, Func<TenantId, long>? givenUp = null)
{
    private readonly ConcurrentDictionary<TenantId, LedgerDamagedException> held = new();

    /// <summary>The tenants that are held, and what is wrong with each.</summary>
    public IReadOnlyDictionary<TenantId, string> Held => held.ToDictionary(static one => one.Key, static one => one.Value.Message);

    public bool Holds(TenantId tenant) => held.ContainsKey(tenant);

    /// <summary>Holds the tenant from now on. The first reason is the one that is told, once.</summary>
    public void Put(LedgerDamagedException damage)
    {
        if (held.TryAdd(damage.Tenant, damage))
            logger.Quarantined(damage.Tenant, damage.Message);
    }

    /// <summary>What was signed for the first <paramref name="size"/> entries is not what is stored now. Not damage where they were given up on purpose.</summary>
    public void PutUnlessGivenUp(TenantId tenant, long size, string what)
    {
        if (size > (givenUp?.Invoke(tenant) ?? 0))
            Put(new(tenant, null, what));
    }

    /// <exception cref="LedgerDamagedException">The tenant is held.</exception>
    public void ThrowIfHeld(TenantId tenant)
    {
        if (held.TryGetValue(tenant, out var damage))
            throw new LedgerDamagedException(tenant, damage.Seq, damage.What, damage.InnerException);
    }

    /// <summary>Does something with a tenant's ledger, unless the tenant is held; damage that shows holds it.</summary>
    internal async ValueTask<T> WatchAsync<T>(TenantId tenant, Func<ValueTask<T>> act)
    {
        ThrowIfHeld(tenant);
        try
        {
            return await act();
        }
        catch (LedgerDamagedException damage)
        {
            Put(damage);
            throw;
        }
    }
}

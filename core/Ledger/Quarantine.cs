using System.Collections.Concurrent;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// The tenants whose record was found damaged, from that moment until the process ends. Whoever reads or writes a ledger asks here first,
/// so that nothing more is signed, decided, carried out or told on such grounds. Other tenants are not concerned.
/// </summary>
/// <param name="lost">What an operator has given up on purpose: what was signed for it contradicts the ledger for good. Null for
/// nothing.</param>
public sealed class Quarantine(ILogger<Quarantine> logger, ILostEntries? lost = null)
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

    /// <summary>
    /// What was signed for the first <paramref name="size"/> entries is not what is stored now. Not damage where they were given up on
    /// purpose.
    /// </summary>
    public void PutUnlessGivenUp(TenantId tenant, long size, string what)
    {
        if (size > (lost?.GivenUp(tenant) ?? 0))
            Put(new(tenant, null, what));
    }

    /// <summary>So many entries were signed, and there are fewer. Not damage where the missing ones are given up, now or before.</summary>
    public void PutUnlessLossIsAccepted(LedgerDamagedException loss, long size)
    {
        if (lost is null || (size > lost.GivenUp(loss.Tenant) && !lost.TryGiveUp(loss.Tenant, size, loss.What)))
            Put(loss);
    }

    /// <exception cref="LedgerDamagedException">The tenant is held.</exception>
    public void ThrowIfHeld(TenantId tenant)
    {
        if (held.TryGetValue(tenant, out var damage))
            throw new LedgerDamagedException(tenant, damage.Seq, damage.What, damage.InnerException, damage.Remedy);
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

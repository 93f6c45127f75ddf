using System.Collections.Concurrent;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// The current state of each tenant, caught up with its ledger whenever it is asked for. A start goes on from what was kept of it
/// (<see cref="StateStore"/>) where that fits, else from the first entry.
/// </summary>
public sealed class TenantStates
{
    private readonly ConcurrentDictionary<TenantId, Projection> projections = new();
    private readonly ILedger ledger;
    private readonly EntryCatalog catalog;
    private readonly ITenantDirectory? tenants;
    private readonly IKeyRing? keys;
    private readonly Quarantine? quarantine;
    private readonly StateStore? store;

    /// <param name="ledger">Made before this, so that it has forgotten already when a state is built anew.</param>
    /// <param name="catalog">Says what slices a state has.</param>
    /// <param name="tenants">Knows what people call each tenant; without it states carry the id as name.</param>
    /// <param name="keys">Tells when somebody was erased: the states that know them are then built anew.</param>
    /// <param name="quarantine">Where a tenant goes whose entries cannot be made a state of; without it only the caller is told.</param>
    /// <param name="store">Where states are kept, and what leaves them; without it each is built from the first entry, and nothing
    /// leaves it.</param>
    public TenantStates(
        ILedger ledger, EntryCatalog catalog, ITenantDirectory? tenants = null, IKeyRing? keys = null, Quarantine? quarantine = null,
        StateStore? store = null)
    {
        (this.ledger, this.catalog, this.tenants) = (ledger, catalog, tenants);
        (this.keys, this.quarantine, this.store) = (keys, quarantine, store);
        if (keys is not null)
            keys.Forgotten += (_, erased) => projections.TryRemove(erased.Tenant, out var _);
    }

    /// <summary>The states last asked for, as far as they had come then; reads nothing.</summary>
    public IEnumerable<TenantState> Latest => projections.Values.Select(static projection => projection.State);

    /// <summary>The state of a tenant as it was last asked for, null before; reads nothing.</summary>
    public TenantState? FindLatest(TenantId tenant) => projections.GetValueOrDefault(tenant)?.State;

    /// <summary>The state of a tenant before its first entry; reads nothing.</summary>
    public TenantState Empty(TenantId tenant) => new(tenant, catalog, tenants?.Find(tenant)?.Name);

    /// <summary>The state that includes every entry durable at the time of the call.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    /// <exception cref="LedgerDamagedException">An entry is not what was recorded, or no state can be made of it.</exception>
    public async ValueTask<TenantState> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        while (true)
        {
            var projection = projections.GetOrAdd(tenant, static (id, self) => self.Begin(id, mayUseKept: true), this);
            var head = await ledger.HeadAsync(tenant, cancellationToken);
            if (projection.State.Seq >= head || await CatchUpAsync(projection, head, cancellationToken) == Reading.Done)
                return projection.State;
            projections.TryRemove(new(tenant, projection));
            projections.TryAdd(tenant, Begin(tenant, mayUseKept: false));
        }
    }

    /// <summary>
    /// As <see cref="GetAsync"/>; null when the tenant is locked (its key is unavailable, its record damaged), which concerns no other
    /// tenant.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async ValueTask<TenantState?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(tenant, cancellationToken);
        }
        catch (TenantLockedException)
        {
            return null;
        }
    }

    /// <summary>Keeps the states that have come on since they were kept last, for the next start.</summary>
    public async Task SaveAsync()
    {
        foreach (var projection in projections.Values)
            await projection.SaveAsync();
    }

    /// <summary>
    /// The entry up to which the tenant's state was kept and not made anew; 0 where all of it was made of entries, or is not known
    /// yet.
    /// </summary>
    internal long KeptUpTo(TenantId tenant) => projections.GetValueOrDefault(tenant)?.KeptUpTo ?? 0;

    /// <summary>What has left the tenant's state; null where nothing does.</summary>
    internal IRetired? RetiredFrom(TenantId tenant) => projections.GetValueOrDefault(tenant)?.Retired;

    private Projection Begin(TenantId tenant, bool mayUseKept) => new(Empty(tenant), ledger, store, mayUseKept);

    /// <summary>
    /// An entry that no state can be made of (a mistake of ours, and as durable as the entry) stops its tenant, not the process and with it
    /// all the others.
    /// </summary>
    private async ValueTask<Reading> CatchUpAsync(Projection projection, long head, CancellationToken cancellationToken)
    {
        try
        {
            return await projection.CatchUpAsync(head, IsNewsOfErasure, cancellationToken);
        }
        catch (LedgerDamagedException unfit)
        {
            quarantine?.Put(unfit);
            throw;
        }
    }

    /// <summary>Another instance has erased somebody whose key is still at hand here.</summary>
    private bool IsNewsOfErasure(IReadOnlyList<LedgerEntry> page)
    {
        var news = false;
        foreach (var entry in page)
        {
            if (keys is not null && entry.Fact is ErasureCompleted erased)
                news |= keys.Forget(entry.Tenant, erased.Key);
        }
        return news;
    }
}

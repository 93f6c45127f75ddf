using System.Collections.Concurrent;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>The current state of each tenant, caught up with its ledger whenever it is asked for. Rebuilt from the ledger at start.</summary>
public sealed class TenantStates
{
    private const int PageSize = 1000;
    private readonly ConcurrentDictionary<TenantId, Projection> projections = new();
    private readonly ILedger ledger;
    private readonly EntryCatalog catalog;
    private readonly ITenantDirectory? tenants;
    private readonly IKeyRing? keys;
    private readonly Quarantine? quarantine;

    /// <param name="ledger">Made before this, so that it has forgotten already when a state is built anew.</param>
    /// <param name="catalog">Says what slices a state has.</param>
    /// <param name="tenants">Knows what people call each tenant; without it states carry the id as name.</param>
    /// <param name="keys">Tells when somebody was erased: the states that know them are then built anew.</param>
    /// <param name="quarantine">Where a tenant goes whose entries cannot be made a state of; without it only the caller is told.</param>
    public TenantStates(
        ILedger ledger, EntryCatalog catalog, ITenantDirectory? tenants = null, IKeyRing? keys = null, Quarantine? quarantine = null)
    {
        (this.ledger, this.catalog, this.tenants, this.keys, this.quarantine) = (ledger, catalog, tenants, keys, quarantine);
        if (keys is not null)
            keys.Forgotten += (_, erased) => projections.TryRemove(erased.Tenant, out var _);
    }

    /// <summary>The states last asked for, as far as they had come then; reads nothing.</summary>
    public IEnumerable<TenantState> Latest => projections.Values.Select(static projection => projection.State);

    /// <summary>The state of a tenant before its first entry; reads nothing.</summary>
    public TenantState Empty(TenantId tenant) => new(tenant, catalog, tenants?.Find(tenant)?.Name);

    /// <summary>The state that includes every entry durable at the time of the call.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    /// <exception cref="LedgerDamagedException">An entry is not what was recorded, or no state can be made of it.</exception>
    public async ValueTask<TenantState> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var projection = projections.GetOrAdd(tenant, static (id, self) => new(self.Empty(id)), this);
        var head = await ledger.HeadAsync(tenant, cancellationToken);
        while (projection.State.Seq < head)
        {
            if (!await CatchUpAsync(projection, cancellationToken))
                return await GetAsync(tenant, cancellationToken);
        }
        return projection.State;
    }

    /// <summary>As <see cref="GetAsync"/>; null when the tenant is locked (its key is withheld, its record damaged), which concerns no other tenant.</summary>
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

    /// <summary>An entry that no state can be made of (a mistake of ours, and as durable as the entry) stops its tenant, not the process and with it all the others.</summary>
    private async ValueTask<bool> CatchUpAsync(Projection projection, CancellationToken cancellationToken)
    {
        try
        {
            return await projection.CatchUpAsync(ledger, IsNewsOfErasure, cancellationToken);
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

    private sealed class Projection(TenantState empty)
    {
        private readonly Lock gate = new();
        private volatile TenantState state = empty;

        public TenantState State => state;

        /// <summary>Reads on from where the state is. Callers that come together may read the same page; each entry is applied once.</summary>
        /// <param name="isOutdated">Looks at what was read; true when all that was read so far has to be read anew.</param>
        /// <returns>False when this projection is not to be used any more.</returns>
        public async ValueTask<bool> CatchUpAsync(ILedger ledger, Func<IReadOnlyList<LedgerEntry>, bool> isOutdated, CancellationToken cancellationToken)
        {
            var page = await ledger.ReadAsync(state.Tenant, state.Seq, PageSize, cancellationToken);
            if (isOutdated(page))
                return false;
            lock (gate)
            {
                var caughtUp = state;
                foreach (var entry in page)
                {
                    if (entry.Seq > caughtUp.Seq)
                        caughtUp = After(caughtUp, entry);
                }
                state = caughtUp;
            }
            return true;
        }

        private static TenantState After(TenantState state, LedgerEntry entry)
        {
            try
            {
                return state.Apply(entry);
            }
            catch (Exception unfit)
            {
                var why = $"this version of the bot cannot work with it ({unfit.GetType().Name}: {unfit.Message})";
                throw new LedgerDamagedException(entry.Tenant, entry.Seq, why, unfit);
            }
        }
    }
}

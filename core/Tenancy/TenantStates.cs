using System.Collections.Concurrent;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tenancy;

/// <summary>The current state of each tenant, caught up with its ledger whenever it is asked for. Rebuilt from the ledger at start.</summary>
/// <param name="tenants">Knows what people call each tenant; without it states carry the id as name.</param>
public sealed class TenantStates(ILedger ledger, ITenantDirectory? tenants = null)
{
    private const int PageSize = 1000;
    private readonly ConcurrentDictionary<TenantId, Projection> projections = new();

    /// <summary>The states last asked for, as far as they had come then; reads nothing.</summary>
    public IEnumerable<TenantState> Latest => projections.Values.Select(static projection => projection.State);

    /// <summary>The state that includes every entry durable at the time of the call.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async ValueTask<TenantState> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var projection = projections.GetOrAdd(tenant, static (id, tenants) => new(id, tenants?.Find(id)?.Name ?? id.Value), tenants);
        var head = await ledger.HeadAsync(tenant, cancellationToken);
        while (projection.State.Seq < head)
            await projection.CatchUpAsync(ledger, cancellationToken);
        return projection.State;
    }

    private sealed class Projection(TenantId tenant, string name)
    {
        private readonly Lock gate = new();
        private volatile TenantState state = new(tenant) { Name = name };

        public TenantState State => state;

        /// <summary>Reads on from where the state is. Callers that come together may read the same page; each entry is applied once.</summary>
        public async ValueTask CatchUpAsync(ILedger ledger, CancellationToken cancellationToken)
        {
            var page = await ledger.ReadAsync(tenant, state.Seq, PageSize, cancellationToken);
            lock (gate)
            {
                var caughtUp = state;
                foreach (var entry in page)
                {
                    if (entry.Seq > caughtUp.Seq)
                        caughtUp = caughtUp.Apply(entry);
                }
                state = caughtUp;
            }
        }
    }
}

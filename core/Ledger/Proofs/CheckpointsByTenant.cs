using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What this process remembers of each tenant's signing: its keeper, and since when nothing has been appended.</summary>
internal sealed class CheckpointsByTenant(Func<TenantId, TenantCheckpoints> make, TimeProvider clock)
{
    private readonly ConcurrentDictionary<TenantId, TenantCheckpoints> checkpoints = new();
    private readonly ConcurrentDictionary<TenantId, (long Head, long Since)> seen = new();

    public TenantCheckpoints For(TenantId tenant) => checkpoints.GetOrAdd(tenant, make);

    /// <summary>How long the ledger's head has stood here, as far as this process has seen; by a watch that nobody turns back.</summary>
    public TimeSpan QuietSince(TenantId tenant, long head)
    {
        var now = clock.GetTimestamp();
        var (_, since) = seen.AddOrUpdate(tenant, (head, now), (_, known) => known.Head == head ? known : (head, now));
        return clock.GetElapsedTime(since, now);
    }
}

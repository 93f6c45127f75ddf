using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// The leases that an instance holds and the tenants that each is about. A tenant comes with the first lease about it and goes with the
/// last; telling so and knowing so are one step, so that a tenant that comes with one lease while it goes with another, as when a part of
/// the container is split, is told to come last. Safe for many threads.
/// </summary>
internal sealed class HeldLeases(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HeldLease> leases = [];
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsMine(TenantId tenant)
    {
        lock (gate)
            return Has(tenant);
    }

    /// <summary>Completes when the next tenant comes.</summary>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return next.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Known from now on; the one that is known already, if it is.</summary>
    public HeldLease Hold(string token)
    {
        lock (gate)
            return leases.TryGetValue(token, out var held) ? held : leases[token] = new(token, clock.GetTimestamp());
    }

    /// <summary>Those that have told nothing for so long.</summary>
    public IReadOnlyList<HeldLease> Untold(TimeSpan within)
    {
        lock (gate)
            return [.. leases.Values.Where(held => !held.HasTold && clock.GetElapsedTime(held.Since) > within)];
    }

    /// <summary>The lease is about the tenant.</summary>
    /// <param name="take">Called when the lease did not know; it must not wait.</param>
    public bool Tell(HeldLease lease, TenantId tenant, Action<TenantId> take)
    {
        lock (gate)
        {
            if (!lease.Tenants.Add(tenant))
                return false;
            take(tenant);
            next.SetResult();
            next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>The lease is not ours any more.</summary>
    /// <param name="release">Called for each tenant that no other lease is about; what it does at once is done before the tenant can come
    /// again.</param>
    /// <returns>Whether it was held.</returns>
    public async Task<bool> ReleaseAsync(string token, Func<TenantId, Task> release)
    {
        List<Task> going = [];
        lock (gate)
        {
            if (!leases.Remove(token, out var lease))
                return false;
            foreach (var tenant in lease.Tenants.Where(tenant => !Has(tenant)))
                going.Add(release(tenant));
        }
        await Task.WhenAll(going);
        return true;
    }

    private bool Has(TenantId tenant) => leases.Values.Any(lease => lease.Tenants.Contains(tenant));
}

/// <param name="since">Timestamp of when it came.</param>
internal sealed class HeldLease(string token, long since)
{
    public string Token => token;

    public long Since => since;

    /// <summary>Under the lock of <see cref="HeldLeases"/>.</summary>
    internal HashSet<TenantId> Tenants { get; } = [];

    /// <summary>It has said once which tenants it is about.</summary>
    public bool HasTold { get; set; }

    public Func<Task>? Checkpoint { get; set; }
}

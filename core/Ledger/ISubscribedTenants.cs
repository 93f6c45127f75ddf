using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// Which tenants this instance works for unasked: follows their ledger, keeps their cards, watches over them. Of several instances one does
/// so for a tenant, except for the moments in which it changes hands; whatever is done stays guarded by an append.
/// </summary>
public interface ISubscribedTenants
{
    /// <summary>Whether other instances may work on the same store.</summary>
    bool IsShared => true;

    /// <summary>Whether this instance works for the tenant now.</summary>
    bool IsMine(TenantId tenant);

    /// <summary>Completes when the next tenant comes to this instance.</summary>
    Task NextAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Says which tenants come and go until stopped, one after another; both may repeat themselves. A tenant that has gone may come again
    /// as soon as <paramref name="release"/> has handed over its task.
    /// </summary>
    Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping);
}

/// <summary>For a store that one instance has to itself.</summary>
public sealed class EveryTenant(ITenantDirectory tenants) : ISubscribedTenants
{
    public bool IsShared => false;

    public bool IsMine(TenantId tenant) => tenants.Find(tenant) is not null;

    public Task NextAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping)
    {
        foreach (var tenant in tenants.All)
            take(tenant.Id);
        return Task.CompletedTask;
    }
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>The tenants of the directory, and which of them this instance works for unasked now.</summary>
/// <param name="subscribed">Says which tenants come to this instance and go.</param>
/// <param name="ledger">Asked whether a tenant has any entry yet.</param>
public sealed class AssignedTenants(ITenantDirectory tenants, ISubscribedTenants subscribed, ILedger ledger)
{
    /// <summary>Every tenant of the directory, whichever instance works for it.</summary>
    public IReadOnlyList<Tenant> All => tenants.All;

    /// <summary>Those that this instance works for now.</summary>
    public IEnumerable<Tenant> Mine => All.Where(tenant => IsMine(tenant.Id));

    /// <summary>Whether this instance works for the tenant now.</summary>
    public bool IsMine(TenantId tenant) => subscribed.IsMine(tenant);

    /// <summary>
    /// Whether this instance works for the tenant now, or nobody does because its ledger is empty. What several then do, the first append
    /// decides.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be told now.</exception>
    /// <exception cref="LedgerDamagedException">The tenant is in quarantine.</exception>
    public async ValueTask<bool> IsMineOrEmptyAsync(TenantId tenant, CancellationToken cancellationToken) =>
        IsMine(tenant) || await ledger.HeadAsync(tenant, cancellationToken) == 0;

    /// <summary>As <see cref="ISubscribedTenants.RunAsync"/>.</summary>
    public Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping) =>
        subscribed.RunAsync(take, release, stopping);
}

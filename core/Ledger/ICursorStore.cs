using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// How far a subscription has come in a tenant's ledger: everything up to and including <paramref name="Seq"/> is finished.
/// </summary>
public readonly record struct SubscriptionCursor(string Subscription, TenantId Tenant, long Seq);

/// <summary>Keeps the subscriptions' cursors. One that is lost or old means entries handed over again, never entries skipped.</summary>
public interface ICursorStore
{
    /// <summary>The saved position; 0 when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    ValueTask<long> LoadAsync(string subscription, TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Saves all positions given. Need not survive a power cut at once.</summary>
    /// <exception cref="LedgerUnavailableException">They cannot be written now.</exception>
    ValueTask SaveAsync(IReadOnlyCollection<SubscriptionCursor> cursors, CancellationToken cancellationToken);
}

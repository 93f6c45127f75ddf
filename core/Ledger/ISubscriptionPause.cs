using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// Keeps entries from subscriptions that draft or post (<see cref="ILedgerSubscription.WaitsForSwitch"/>) while they may not. They are
/// handed over in order when it ends.
/// </summary>
public interface ISubscriptionPause
{
    /// <summary>Completes when a subscription may go on with the tenant.</summary>
    ValueTask PassAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>A subscription was told to wait in the midst of an entry; it gets the entry again when the hold ends. No failure.</summary>
public sealed class SubscriptionPausedException() : Exception("The kill switch was thrown meanwhile.");

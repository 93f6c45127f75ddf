using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>Whether this instance may send a client's cards now.</summary>
internal sealed class CardRules(ISubscribedTenants followed, IKillSwitch? killSwitch = null)
{
    /// <summary>Another instance keeps the cards of a tenant that is not ours.</summary>
    public bool IsMine(TenantId tenant) => followed.IsMine(tenant);

    /// <summary>Under the kill switch nothing new is posted.</summary>
    public bool IsHeld(TenantId tenant) => killSwitch?.IsOn(tenant) == true;

    /// <summary>Completes when a tenant came from another instance, or a kill switch was lifted: there may be cards to send.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => Task.WhenAny(
        followed.NextAsync(cancellationToken),
        killSwitch?.NextLiftAsync(cancellationToken) ?? Task.Delay(Timeout.Infinite, cancellationToken));
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// Whether anything may be carried out for a tenant yet. What waits is neither refused nor lost: it runs when the hold ends.
/// </summary>
public interface IExecutionDelay
{
    /// <summary>One sentence for a person; null when nothing is held.</summary>
    string? GetDelayReason(TenantId tenant);
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// One tenant's ledger cannot be used, for a reason that concerns no other tenant: whoever serves several goes on with the others.
/// </summary>
public abstract class TenantLockedException(TenantId tenant, string message, Exception? inner = null)
    : LedgerUnavailableException(message, inner)
{
    public TenantId Tenant => tenant;
}

/// <summary>
/// What is stored of one tenant's ledger is not what was recorded, or cannot be read any more. Asking again changes nothing: its record has
/// to be restored.
/// </summary>
/// <param name="seq">The entry where it shows; null when that cannot be told.</param>
/// <param name="what">What is wrong, as a clause without a full stop.</param>
/// <param name="remedy">What to do then, as a clause; null for restoring the record.</param>
public sealed class LedgerDamagedException(TenantId tenant, long? seq, string what, Exception? inner = null, string? remedy = null)
    : TenantLockedException(
    tenant,
    $"The record of {tenant} is damaged: {(seq is { } entry ? $"entry "
    + $"{entry}: " : "")}{what}. Nothing is read, signed or done for {tenant} until "
    + $"the bot is started with a record that is whole; 'ledger verify --tenant {tenant}' says more, then "
    + $"{remedy ?? "restore it from a backup"}.",
    inner)
{
    public long? Seq => seq;

    public string What => what;

    public string? Remedy => remedy;
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// The vault that keeps one customer's key does not give it: revoked, disabled, deleted, or out of reach. Nothing of that tenant can be
/// read or recorded until it does; no other tenant is concerned.
/// </summary>
public sealed class KeyUnavailableException(TenantId tenant, string message, Exception? inner = null)
    : TenantLockedException(tenant, message, inner);

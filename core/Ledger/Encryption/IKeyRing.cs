using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// The keys that entries are encrypted under: one data key for each tenant and one for each person or user whom something on record is
/// about. Unwrapped once and kept in memory; an append that names nobody new costs no reading.
/// </summary>
public interface IKeyRing
{
    /// <summary>Tenants that are not served now, because the vault does not give their key; with the reason.</summary>
    IReadOnlyCollection<(TenantId Tenant, string Reason)> Unavailable { get; }

    /// <summary>
    /// The keys that entries are to be encrypted under. Keys that are missing are made, and are durable when the call returns.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">A key cannot be read, unwrapped or stored; nothing may be appended.</exception>
    ValueTask<TenantKeys> ForEncryptionAsync(TenantId tenant, IReadOnlyList<KeysNeeded> needed, CancellationToken cancellationToken);

    /// <summary>The keys that these entries can be opened with, as far as they exist.</summary>
    /// <exception cref="LedgerUnavailableException">A key exists and cannot be read or unwrapped.</exception>
    ValueTask<TenantKeys> ForOpeningAsync(TenantId tenant, IReadOnlyList<StoredEntry> entries, CancellationToken cancellationToken);

    /// <summary>The key of the user with this mail address or principal name, without regard to case; made when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">As <see cref="ForEncryptionAsync"/>.</exception>
    ValueTask<DataKey> OfUserAsync(TenantId tenant, string address, CancellationToken cancellationToken);

    /// <summary>
    /// The key for what is derived from entries that were encrypted under several keys, as a state is. Any erasure destroys it, and whoever
    /// derives again gets a new one.
    /// </summary>
    /// <param name="mayCreate">Make it when there is none.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be read, unwrapped or stored.</exception>
    ValueTask<DataKey?> OfDerivedAsync(TenantId tenant, bool mayCreate, CancellationToken cancellationToken);

    /// <summary>Destroys that key in the store and in memory: what was derived so far is of no use any more. Harmless to repeat.</summary>
    /// <exception cref="LedgerUnavailableException">The keys cannot be written; try again.</exception>
    ValueTask DestroyDerivedAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// The id of the key of a person (Entra object id) or user (mail address or principal name); null when nothing on record is about them.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The keys cannot be read.</exception>
    ValueTask<string?> FindAsync(TenantId tenant, SubjectKind kind, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Destroys a subject's key in the store and in memory: what was encrypted under it cannot be read by anybody any more. Harmless to
    /// repeat.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The keys cannot be written; try again.</exception>
    ValueTask DestroyAsync(TenantId tenant, string key, CancellationToken cancellationToken);

    /// <summary>Whether a subject's key is in memory, so that what is opened with it can still be read.</summary>
    bool IsAtHand(TenantId tenant, string key);

    /// <summary>
    /// Clears a key from memory after it was destroyed in the store; true when something read with it, or without it, reads differently
    /// now.
    /// </summary>
    bool Forget(TenantId tenant, string key);

    /// <summary>Raises <see cref="Forgotten"/>: something decrypted with a key that is cleared since may have been kept.</summary>
    void Drop(TenantId tenant);

    /// <summary>A key was cleared from memory: whatever was opened with it has to be dropped. Raised in the order of subscribing.</summary>
    event EventHandler<ForgottenEventArgs>? Forgotten;
}

/// <summary>Whose keys an entry is to be encrypted under, beside the tenant's.</summary>
/// <param name="Actor">Object id of the person who acts; null where nobody does.</param>
/// <param name="People">Object ids of the people named in it.</param>
/// <param name="User">Key id of the user whom it is about; null where it is about nobody.</param>
public readonly record struct KeysNeeded(string? Actor, IEnumerable<string> People, string? User)
{
    /// <summary>Object ids of everybody who acts or is named.</summary>
    public IEnumerable<string> Everybody => Actor is null ? People : People.Prepend(Actor);
}

/// <summary>A key of a tenant was cleared from memory.</summary>
public sealed class ForgottenEventArgs(TenantId tenant) : EventArgs
{
    public TenantId Tenant => tenant;
}

using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>The keys of one tenant that are at hand, in memory. Safe for many threads.</summary>
public sealed class TenantKeys(TenantId tenant, DataKey own, TimeProvider? clock = null)
{
    /// <summary>
    /// A store of weaker consistency may not show at once what another instance has put there; a destroyed key is asked for again as
    /// seldom.
    /// </summary>
    private static readonly TimeSpan MissesLast = TimeSpan.FromMinutes(1);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, long> misses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DataKey?> byId = new(StringComparer.Ordinal) { [own.Id] = own };
    private readonly ConcurrentDictionary<string, DataKey> people = new(StringComparer.OrdinalIgnoreCase);

    private volatile DataKey? derived;

    public TenantId Tenant => tenant;

    /// <summary>
    /// The key of what is derived from what was encrypted under several keys; null when it is not at hand, as after every erasure.
    /// </summary>
    internal DataKey? Derived => derived;

    /// <summary>The tenant's data key: for what is confidential but nobody's in particular.</summary>
    public DataKey Own => own;

    /// <summary>The key of this id; null when it is destroyed or not at hand.</summary>
    public DataKey? Find(string id) => byId.TryGetValue(id, out var key) && key is { IsDestroyed: false } ? key : null;

    /// <summary>
    /// The key of this id is known to have been destroyed, as the record says or is about to say; one that is only not there was not.
    /// </summary>
    public bool IsErased(string id) => byId.TryGetValue(id, out var key) && key is null;

    /// <summary>
    /// Whether it is known if the key of this id exists. That it was not found is believed for a minute, that it was destroyed for ever.
    /// </summary>
    public bool Knows(string id) => byId.ContainsKey(id) || (misses.TryGetValue(id, out var at) && clock.GetElapsedTime(at) < MissesLast);

    /// <summary>The key of a person, by Entra object id; null when it is not at hand.</summary>
    public DataKey? OfPerson(string objectId) => people.TryGetValue(objectId, out var key) && !key.IsDestroyed ? key : null;

    /// <summary>
    /// Keeps a key. Of several that have read the same one, the first counts and the others are cleared, so that forgetting reaches whoever
    /// uses it; one that was forgotten while it was being read does not come back.
    /// </summary>
    /// <returns>The key that counts; null when it was forgotten.</returns>
    internal DataKey? Add(DataKey key)
    {
        var kept = byId.GetOrAdd(key.Id, key);
        if (!ReferenceEquals(kept, key))
            key.Destroy();
        return kept;
    }

    internal void AddPerson(string objectId, DataKey key)
    {
        if (Add(key) is { } kept)
            people[objectId] = kept;
    }

    /// <summary>No such key was found just now.</summary>
    internal void AddMissing(string id) => misses[id] = clock.GetTimestamp();

    /// <summary>The key was not found before; true once, so that what was read without it can be read again.</summary>
    internal bool WasMissing(string id) => misses.TryRemove(id, out _);

    internal void AddDerived(DataKey key) => derived = key;

    /// <summary>What is derived may be about anybody, so its key goes with everybody's.</summary>
    internal void ForgetDerived() => Interlocked.Exchange(ref derived, null)?.Destroy();

    /// <summary>
    /// Clears a key from memory; true when it was at hand, or was looked for in vain: what was read until then reads differently now.
    /// </summary>
    internal bool Forget(string id)
    {
        var wasMissing = misses.TryRemove(id, out _);
        if (!IsErased(id))
            ForgetDerived();
        if (!byId.TryGetValue(id, out var key) || key is null)
        {
            byId[id] = null;
            return wasMissing;
        }
        byId[id] = null;
        key.Destroy();
        foreach (var (person, theirs) in people)
        {
            if (ReferenceEquals(theirs, key))
                people.TryRemove(new(person, theirs));
        }
        return true;
    }

    internal void Destroy()
    {
        foreach (var key in byId.Values)
            key?.Destroy();
        ForgetDerived();
    }
}

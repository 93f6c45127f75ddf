using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Vault;

/// <summary>The keys of one tenant that are at hand, in memory. Safe for many threads.</summary>
public sealed class TenantKeys(TenantId tenant, DataKey own)
{
    private readonly ConcurrentDictionary<string, DataKey?> byId = new(StringComparer.Ordinal) { [own.Id] = own };
    private readonly ConcurrentDictionary<string, DataKey> people = new(StringComparer.OrdinalIgnoreCase);

    public TenantId Tenant => tenant;

    /// <summary>The tenant's data key: for what is confidential but nobody's in particular.</summary>
    public DataKey Own => own;

    /// <summary>The key of this id; null when it is destroyed or not at hand.</summary>
    public DataKey? Find(string id) => byId.TryGetValue(id, out var key) && key is { IsDestroyed: false } ? key : null;

    /// <summary>Whether it is known if the key of this id exists.</summary>
    public bool Knows(string id) => byId.ContainsKey(id);

    /// <summary>The key of a person, by Entra object id; null when it is not at hand.</summary>
    public DataKey? OfPerson(string objectId) => people.TryGetValue(objectId, out var key) && !key.IsDestroyed ? key : null;

    internal void Add(DataKey key) => byId[key.Id] = key;

    internal void AddPerson(string objectId, DataKey key)
    {
        Add(key);
        people[objectId] = key;
    }

    /// <summary>There is no such key, and there never will be: ids are random.</summary>
    internal void AddMissing(string id) => byId.TryAdd(id, null);

    /// <summary>Clears a key from memory; true when it was at hand.</summary>
    internal bool Forget(string id)
    {
        if (!byId.TryGetValue(id, out var key) || key is null)
        {
            byId[id] = null;
            return false;
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
    }
}

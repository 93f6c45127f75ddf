using System.Collections.Concurrent;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>Keys that live as long as the test.</summary>
public sealed class InMemoryKeyRing : IKeyRing
{
    private readonly ConcurrentDictionary<TenantId, TenantKeys> tenants = new();
    private readonly ConcurrentDictionary<(TenantId, string), DataKey> users = new();

    public IReadOnlyCollection<(TenantId Tenant, string Reason)> Unavailable => [];

    public event EventHandler<ForgottenEventArgs>? Forgotten;

    /// <summary>The keys of a tenant.</summary>
    public TenantKeys For(TenantId tenant) => tenants.GetOrAdd(tenant, static id => new(id, DataKey.Create("t1")));

    public ValueTask<TenantKeys> ForEncryptionAsync(TenantId tenant, IReadOnlyList<KeysNeeded> needed, CancellationToken cancellationToken)
    {
        var keys = For(tenant);
        foreach (var entry in needed)
            keys.EnsurePeople(entry);
        return new(keys);
    }

    public ValueTask<TenantKeys> ForOpeningAsync(
        TenantId tenant, IReadOnlyList<StoredEntry> entries, CancellationToken cancellationToken) => new(For(tenant));

    public ValueTask<DataKey> OfUserAsync(TenantId tenant, string address, CancellationToken cancellationToken) => new(users.GetOrAdd(
        (tenant, address.ToLowerInvariant()),
        _ =>
        {
            var key = DataKey.Create(NewId());
            For(tenant).Add(key);
            return key;
        }));

    public ValueTask<DataKey?> OfDerivedAsync(TenantId tenant, bool mayCreate, CancellationToken cancellationToken)
    {
        var keys = For(tenant);
        lock (keys)
        {
            if (keys.Derived is null && mayCreate)
                keys.AddDerived(DataKey.Create("d-" + Guid.NewGuid().ToString("N")[..16]));
            return new(keys.Derived);
        }
    }

    public ValueTask DestroyDerivedAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        For(tenant).ForgetDerived();
        return default;
    }

    public bool IsAtHand(TenantId tenant, string key) => For(tenant).Find(key) is not null;

    public bool Forget(TenantId tenant, string key)
    {
        var wasThere = For(tenant).Forget(key);
        if (wasThere)
            Drop(tenant);
        return wasThere;
    }

    public void Drop(TenantId tenant) => Forgotten?.Invoke(this, new(tenant));

    public ValueTask<string?> FindAsync(TenantId tenant, SubjectKind kind, string name, CancellationToken cancellationToken)
    {
        if (kind == SubjectKind.Person)
            return new(For(tenant).OfPerson(name)?.Id);
        return new(users.TryGetValue((tenant, name.ToLowerInvariant()), out var key) && !key.IsDestroyed ? key.Id : null);
    }

    public ValueTask DestroyAsync(TenantId tenant, string key, CancellationToken cancellationToken)
    {
        Forget(tenant, key);
        foreach (var (user, theirs) in users)
        {
            if (theirs.Id == key)
                users.TryRemove(user, out _);
        }
        return default;
    }

    private static string NewId() => "s-" + Guid.NewGuid().ToString("N")[..16];
}

/// <summary>Keys for whoever an entry names.</summary>
public static class InMemoryKeys
{
    public static void EnsurePeople(this TenantKeys keys, NewEntry entry) => keys.EnsurePeople(CoreFeatures.Codec.NeededFor(entry));

    public static void EnsurePeople(this TenantKeys keys, KeysNeeded needed)
    {
        lock (keys)
        {
            foreach (var person in needed.Everybody.Where(person => keys.OfPerson(person) is null))
                keys.AddPerson(person, DataKey.Create("s-" + Guid.NewGuid().ToString("N")[..16]));
        }
    }
}

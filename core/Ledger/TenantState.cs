using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// Everything known of one tenant as of <see cref="Seq"/>: a fold over its ledger, in slices that its features own. Immutable. A feature
/// adds what it knows as properties of this type in its own folder.
/// </summary>
public sealed class TenantState
{
    private readonly EntryCatalog catalog;
    private readonly ImmutableArray<object> slices;

    /// <summary>The state before the first entry.</summary>
    /// <param name="name">What people call the tenant; without it, its id.</param>
    public TenantState(TenantId tenant, EntryCatalog catalog, string? name = null)
        : this(tenant, catalog, name ?? tenant.Value, 0, [.. catalog.Slices.Select(static slice => slice.Empty)])
    {
    }

    internal TenantState(TenantId tenant, EntryCatalog catalog, string name, long seq, ImmutableArray<object> slices) =>
        (Tenant, this.catalog, Name, Seq, this.slices) = (tenant, catalog, name, seq, slices);

    public TenantId Tenant { get; }

    /// <summary>What people call the tenant.</summary>
    public string Name { get; }

    /// <summary>Of the last entry in it.</summary>
    public long Seq { get; }

    /// <summary>Says what the entries are that it was made of.</summary>
    internal EntryCatalog Catalog => catalog;

    /// <summary>The parts of it, in the order of the catalog.</summary>
    internal ImmutableArray<object> Slices => slices;

    /// <summary>A feature's part of it.</summary>
    /// <exception cref="InvalidOperationException">No feature has registered it.</exception>
    public TSlice Get<TSlice>()
        where TSlice : class, ISlice<TSlice> => (TSlice)slices[catalog.GetPosition(typeof(TSlice))];

    /// <summary>The state with a part of it as another one, as when something leaves it.</summary>
    internal TenantState With<TSlice>(TSlice slice)
        where TSlice : class, ISlice<TSlice> => new(Tenant, catalog, Name, Seq, slices.SetItem(catalog.GetPosition(typeof(TSlice)), slice));

    /// <summary>The state under what people call the tenant now.</summary>
    internal TenantState Called(string name) => new(Tenant, catalog, name, Seq, slices);

    /// <summary>The state with the next entry in it.</summary>
    public TenantState Apply(LedgerEntry entry)
    {
        if (entry.Tenant != Tenant || entry.Seq != Seq + 1)
            throw new InvalidOperationException($"State of {Tenant} is at {Seq}; entry {entry.Seq} of {entry.Tenant} does not follow.");
        object[]? changed = null;
        for (var interested = catalog.Interested(entry); interested != 0; interested &= interested - 1)
        {
            var position = BitOperations.TrailingZeroCount(interested);
            var next = catalog.Slices[position].Apply(slices[position], entry, this);
            if (!ReferenceEquals(next, slices[position]))
                (changed ??= [.. slices])[position] = next;
        }
        return new(Tenant, catalog, Name, entry.Seq, changed is null ? slices : ImmutableCollectionsMarshal.AsImmutableArray(changed));
    }
}

using System.Collections.Frozen;
using System.Collections.Immutable;

namespace DevOpsAI.Ledger;

/// <summary>What the features of the product have handed the ledger. Made once at start; immutable.</summary>
public sealed class EntryCatalog
{
    private const int MaxSlices = 64;

    private readonly FrozenDictionary<Type, int> positions;
    private readonly FrozenDictionary<Type, ulong> interestedInFact;
    private readonly FrozenDictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> interestedInStream;
    private readonly ulong interestedInAll;

    /// <exception cref="FeatureConflictException">Two features register the same name.</exception>
    public EntryCatalog(IEnumerable<Feature> features)
    {
        Features = [.. features];
        FeatureConflictException.ThrowIfAny(Features);
        Slices = [.. Features.SelectMany(static feature => feature.Slices)];
        if (Slices.Length > MaxSlices)
            throw new NotSupportedException($"A state has at most {MaxSlices} slices; {Slices.Length} are registered.");
        positions = Slices.Index().ToFrozenDictionary(static slice => slice.Item.Type, static slice => slice.Index);
        interestedInFact = Interested(static slice => slice.Facts, EqualityComparer<Type>.Default);
        interestedInStream = Interested(static slice => slice.Streams, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        interestedInAll = Slices.Index().Where(static slice => slice.Item.TakesAll).Aggregate(0UL, static (set, slice) => set | 1UL << slice.Index);
    }

    public ImmutableArray<Feature> Features { get; }

    /// <summary>Every slice of a tenant's state, in the order in which a state keeps them.</summary>
    public ImmutableArray<StateSlice> Slices { get; }

    internal int PositionOf(Type slice) => positions.TryGetValue(slice, out var position)
        ? position
        : throw new InvalidOperationException($"No feature has registered the slice {slice.Name}.");

    /// <summary>The slices that are folded over the entry: a bit for the position of each.</summary>
    internal ulong Interested(LedgerEntry entry)
    {
        var stream = entry.Stream.Value.AsSpan();
        var slash = stream.IndexOf('/');
        return interestedInAll
            | interestedInFact.GetValueOrDefault(entry.Fact.GetType())
            | (interestedInStream.TryGetValue(slash < 0 ? stream : stream[..slash], out var onStream) ? onStream : 0);
    }

    private FrozenDictionary<TKey, ulong> Interested<TKey>(Func<StateSlice, ImmutableArray<TKey>> keys, IEqualityComparer<TKey> comparer)
        where TKey : notnull => Slices.Index()
        .SelectMany(slice => keys(slice.Item).Select(key => (Key: key, Bit: 1UL << slice.Index)))
        .GroupBy(static pair => pair.Key, static pair => pair.Bit, comparer)
        .ToFrozenDictionary(static key => key.Key, static key => key.Aggregate(static (set, bit) => set | bit), comparer);
}

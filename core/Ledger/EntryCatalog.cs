using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Ledger;

/// <summary>What the features of the product have handed the ledger. Made once at start; immutable.</summary>
public sealed class EntryCatalog
{
    private const int MaxSlices = 64;

    private readonly FrozenDictionary<string, Known> byName;
    private readonly FrozenDictionary<Type, Known> byFact;
    private readonly FrozenDictionary<Type, int> positions;
    private readonly ConcurrentDictionary<Type, ulong> interestedInFact = new();
    private readonly FrozenDictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> interestedInStream;
    private readonly ulong interestedInAll;

    /// <exception cref="FeatureConflictException">Two features register the same name.</exception>
    public EntryCatalog(IEnumerable<Feature> features)
    {
        Features = [.. features];
        FeatureConflictException.ThrowIfAny(Features);
        var written = new Dictionary<IJsonTypeInfoResolver, JsonSerializerOptions>();
        byName = Features.SelectMany(static feature => feature.Entries)
            .Select(entry => new Known(entry, FieldEncryption.Read(entry.Type), Canonical(entry.Json, written)))
            .ToFrozenDictionary(static known => known.Entry.Name, StringComparer.Ordinal);
        byFact = byName.Values.ToFrozenDictionary(static known => known.Entry.Type);
        Slices = [.. Features.SelectMany(static feature => feature.Slices)];
        if (Slices.Length > MaxSlices)
            throw new NotSupportedException($"A state has at most {MaxSlices} slices; {Slices.Length} are registered.");
        positions = Slices.Index().ToFrozenDictionary(static slice => slice.Item.Type, static slice => slice.Index);
        interestedInStream = Slices.Index()
            .SelectMany(static slice => slice.Item.Streams.Select(stream => (Stream: stream, Bit: 1UL << slice.Index)))
            .GroupBy(static pair => pair.Stream, static pair => pair.Bit, StringComparer.Ordinal)
            .ToFrozenDictionary(static stream => stream.Key, static stream => stream.Aggregate(static (set, bit) => set | bit),
                StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        interestedInAll = Slices.Index()
            .Where(static slice => slice.Item.TakesAll)
            .Aggregate(0UL, static (set, slice) => set | 1UL << slice.Index);
    }

    public ImmutableArray<Feature> Features { get; }

    /// <summary>Every type of entry that this version knows.</summary>
    public IEnumerable<EntryType> Entries => Features.SelectMany(static feature => feature.Entries);

    /// <summary>Every slice of a tenant's state, in the order in which a state keeps them.</summary>
    public ImmutableArray<StateSlice> Slices { get; }

    /// <summary>A type of entry by its stored name; null when no feature has registered it.</summary>
    public EntryType? Find(string name) => byName.TryGetValue(name, out var known) ? known.Entry : null;

    /// <exception cref="ArgumentException">No feature has registered the fact, so that it cannot be stored.</exception>
    public string GetName(Fact fact) => GetKnown(fact).Entry.Name;

    /// <summary>What the assessment log calls an entry.</summary>
    public string GetTitle(LedgerEntry entry)
    {
        var type = Find(entry.Type);
        return type?.TitleOf?.Invoke(entry.Fact) ?? type?.Title ?? entry.Type;
    }

    /// <summary>
    /// What an entry records, in a line of plain text that may hold outside text; null where its feature says nothing of it.
    /// </summary>
    public string? GetLine(LedgerEntry entry) => Find(entry.Type)?.LineOf?.Invoke(entry.Fact);

    /// <summary>What a digest counts an entry as; null where it leaves it out.</summary>
    public string? GetCountedAs(LedgerEntry entry) => Find(entry.Type)?.CountedAs;

    /// <summary>What auditors are told of an entry as a deviation, plain text that may hold outside text; null for nothing.</summary>
    public string? GetDeviation(LedgerEntry entry) => Find(entry.Type)?.DeviationOf?.Invoke(entry.Fact);

    /// <summary>False for bookkeeping, which the assessment log leaves out.</summary>
    public bool IsLogged(LedgerEntry entry) => Find(entry.Type)?.IsLogged ?? true;

    /// <summary>
    /// The fact's data as JSON, camel case, absent when null, members in the canonical order (RFC 8785) so that little is left to sort.
    /// </summary>
    public byte[] Serialize(Fact fact) => JsonSerializer.SerializeToUtf8Bytes(fact, GetKnown(fact).Written);

    /// <summary>
    /// Reads stored data; types that nobody has registered become <see cref="UnknownFact"/>, unknown members are ignored.
    /// </summary>
    public Fact Deserialize(string type, ReadOnlySpan<byte> data)
    {
        if (byName.TryGetValue(type, out var known))
            return (Fact)(JsonSerializer.Deserialize(data, known.Entry.Json) ?? throw new JsonException($"'{type}' has no data."));
        var reader = new Utf8JsonReader(data);
        return new UnknownFact(JsonElement.ParseValue(ref reader));
    }

    internal FieldEncryption GetPlan(Fact fact) => GetKnown(fact).Encrypted;

    /// <summary>What of this type is encrypted; null when no feature has registered it.</summary>
    internal FieldEncryption? GetPlan(string type) => byName.TryGetValue(type, out var known) ? known.Encrypted : null;

    internal int GetPosition(Type slice) => positions.TryGetValue(slice, out var position)
        ? position
        : throw new InvalidOperationException($"No feature has registered the slice {slice.Name}.");

    /// <summary>The slices that are folded over the entry: a bit for the position of each.</summary>
    internal ulong Interested(LedgerEntry entry)
    {
        var stream = entry.Stream.Value.AsSpan();
        var slash = stream.IndexOf('/');
        return interestedInAll
            | interestedInFact.GetOrAdd(entry.Fact.GetType(), InterestedIn)
            | (interestedInStream.TryGetValue(slash < 0 ? stream : stream[..slash], out var onStream) ? onStream : 0);
    }

    private Known GetKnown(Fact fact) => byFact.TryGetValue(fact.GetType(), out var known)
        ? known
        : throw new ArgumentException($"{fact.GetType().Name} has no stored type name; its feature has to register it.", nameof(fact));

    private static JsonTypeInfo Canonical(JsonTypeInfo json, Dictionary<IJsonTypeInfoResolver, JsonSerializerOptions> made)
    {
        var resolver = json.OriginatingResolver
            ?? throw new ArgumentException($"The JSON of {json.Type.Name} has to come from a context.", nameof(json));
        if (!made.TryGetValue(resolver, out var options))
            made[resolver] = options = new(json.Options) { TypeInfoResolver = resolver.WithAddedModifier(InCanonicalOrder) };
        return options.GetTypeInfo(json.Type);
    }

    private static void InCanonicalOrder(JsonTypeInfo type)
    {
        foreach (var (order, property) in type.Properties.OrderBy(static property => property.Name, StringComparer.Ordinal).Index())
            property.Order = order;
    }

    private ulong InterestedIn(Type fact) => Slices.Index()
        .Where(slice => slice.Item.Facts.Any(wanted => wanted.IsAssignableFrom(fact)))
        .Aggregate(0UL, static (set, slice) => set | 1UL << slice.Index);

    /// <param name="Written">Writes the members in canonical order.</param>
    private sealed record Known(EntryType Entry, FieldEncryption Encrypted, JsonTypeInfo Written);
}

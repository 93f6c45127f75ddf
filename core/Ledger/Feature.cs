using System.Collections.Immutable;

namespace DevOpsAI.Ledger;

/// <summary>
/// What a feature of the product hands the ledger. Each feature has one, in its own folder; nothing else has to know of it.
/// </summary>
/// <param name="name">As in <c>gates</c>.</param>
public sealed class Feature(string name)
{
    public string Name { get; } = name;

    /// <summary>The entries that it writes.</summary>
    public ImmutableArray<EntryType> Entries { get; init; } = [];

    /// <summary>Its parts of the state of a tenant.</summary>
    public ImmutableArray<StateSlice> Slices { get; init; } = [];

    /// <summary>The kinds of its streams: what stands before the slash of a stream's name, or all of it where there is none.</summary>
    public ImmutableArray<string> Streams { get; init; } = [];
}

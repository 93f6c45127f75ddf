using System.Collections.Immutable;

namespace DevOpsAI.Ledger;

/// <summary>
/// Version of each stream of which a tenant has one: access, channels, freeze. What is about one thing of many keeps its version there.
/// </summary>
public sealed record StreamVersions : ISlice<StreamVersions>
{
    public static StreamVersions Empty { get; } = new();

    public ImmutableDictionary<StreamId, long> Versions { get; init; } = ImmutableDictionary<StreamId, long>.Empty;

    public StreamVersions Apply(LedgerEntry entry, TenantState before) => entry.Stream.Value.Contains('/', StringComparison.Ordinal)
        ? this
        : this with { Versions = Versions.SetItem(entry.Stream, entry.Version) };
}

public static class StreamVersionsOfState
{
    extension(TenantState state)
    {
        /// <summary>The version of a stream of which the tenant has one; appends name it.</summary>
        public StreamVersion GetVersion(StreamId stream) => new(stream, state.Get<StreamVersions>().Versions.GetValueOrDefault(stream));
    }
}

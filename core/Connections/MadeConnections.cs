using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>A tenant's connections that were made in chat.</summary>
public sealed record MadeConnections : ISlice<MadeConnections>
{
    public static MadeConnections Empty { get; } = new();

    public ImmutableDictionary<string, ConnectionMade> ByName { get; init; } = ImmutableDictionary<string, ConnectionMade>.Empty;

    public MadeConnections Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        ConnectionMade made => new() { ByName = ByName.SetItem(made.Name, made) },
        ConnectionRemoved removed => new() { ByName = ByName.Remove(removed.Name) },
        _ => this,
    };

    /// <summary>Those of the tenant, by name.</summary>
    public IEnumerable<Connection> For(TenantId tenant) =>
        ByName.Values.OrderBy(static made => made.Name, StringComparer.Ordinal).Select(made => ToConnection(tenant, made));

    /// <summary>The one of this name (in lower case), or null.</summary>
    public Connection? Find(TenantId tenant, string name) =>
        ByName.TryGetValue(name, out var made) ? ToConnection(tenant, made) : null;

    private static Connection ToConnection(TenantId tenant, ConnectionMade made) => new(
        made.Name, tenant, made.Connector, new Dictionary<string, string>(made.Settings, StringComparer.OrdinalIgnoreCase));
}

public static class ConnectionStreams
{
    extension(StreamId)
    {
        /// <summary>Connections made in chat.</summary>
        public static StreamId Connections => new("connections");
    }
}

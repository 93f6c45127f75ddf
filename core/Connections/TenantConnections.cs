using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>
/// Every connection: those of the settings, and those made in chat, which are on the tenant's record and so the same on every instance and
/// after a restart. The name of one made in chat begins with its tenant; where the settings have the name too, theirs counts.
/// </summary>
internal sealed class TenantConnections(
    ConfiguredConnections configured, TenantStates states, ITenantDirectory tenants, IEnumerable<IConnector> connectors)
    : IConnections, IConnectionDirectory
{
    private readonly Dictionary<string, IConnector> connectors =
        connectors.ToDictionary(connector => connector.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<IConnector> Installed => connectors.Values;

    public IReadOnlyList<Connection> All =>
    [
        .. configured.All.Concat(states.Latest.SelectMany(Made)).OrderBy(static connection => connection.Name, StringComparer.Ordinal),
    ];

    public Connection? Named(string name) => configured.Named(name)
        ?? Owners(name).Select(states.FindLatest).OfType<TenantState>().Select(state => FindMade(state, name))
            .FirstOrDefault(static made => made is not null);

    public async ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (configured.Named(name) is { } known)
            return known;
        foreach (var tenant in Owners(name).Where(tenant => tenants.Find(tenant) is not null))
        {
            if (await states.FindAsync(tenant, cancellationToken) is { } state && FindMade(state, name) is { } made)
                return made;
        }
        return null;
    }

    public IReadOnlyList<Connection> For(TenantId tenant) =>
    [
        .. configured.For(tenant).Concat(states.FindLatest(tenant) is { } state ? Made(state) : [])
            .Where(connection => connectors.ContainsKey(connection.Connector)),
    ];

    public Connection? Find(TenantId tenant, string name)
    {
        var connection = configured.Named(name) ?? (states.FindLatest(tenant) is { } state ? FindMade(state, name) : null);
        return connection?.Tenant == tenant && connectors.ContainsKey(connection.Connector) ? connection : null;
    }

    public IConnector GetConnector(Connection connection) => connectors.TryGetValue(connection.Connector, out var connector)
        ? connector
        : throw new InvalidOperationException(
            $"Connection '{connection.Name}' only receives: connector '{connection.Connector}' cannot act or observe.");

    private IEnumerable<Connection> Made(TenantState state) =>
        state.Get<MadeConnections>().For(state.Tenant).Where(made => configured.Named(made.Name) is null);

    private static Connection? FindMade(TenantState state, string name) =>
        state.Get<MadeConnections>().Find(state.Tenant, name.ToLowerInvariant());

    /// <summary>The tenants that a connection of this name may have been made for: its beginnings up to a hyphen.</summary>
    private static IEnumerable<TenantId> Owners(string name)
    {
        const int MaxNameLength = 128;
        if (name.Length > MaxNameLength)
            yield break;
        for (var end = name.IndexOf('-', StringComparison.Ordinal); end > 0; end = name.IndexOf('-', end + 1))
        {
            if (TenantId.TryParse(name[..end], out var tenant))
                yield return tenant;
        }
    }
}

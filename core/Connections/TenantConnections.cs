using System.Collections.Concurrent;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>
/// Every connection: those of the settings, and those made in chat, which are on the tenant's record and so the same on every instance and
/// after a restart. The name of one made in chat begins with its tenant; where the settings have the name too, theirs counts.
/// </summary>
/// <param name="statesNow">Made when it is first asked for: settings are checked before the ledger is opened.</param>
internal sealed class TenantConnections(
    ConfiguredConnections configured, Lazy<TenantStates> statesNow, ITenantDirectory tenants, IEnumerable<IConnector> connectors,
    StoredSecrets secrets)
    : IConnections, IConnectionDirectory
{
    private readonly Dictionary<string, IConnector> connectors =
        connectors.ToDictionary(connector => connector.Name, StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<TenantId, (long Seq, MadeConnections Made)> lastKnown = new();

    private TenantStates States => statesNow.Value;

    public IReadOnlyCollection<IConnector> Installed => connectors.Values;

    public IReadOnlyList<Connection> All =>
    [
        .. configured.All
            .Concat(States.Latest.Select(static state => state.Tenant).Union(lastKnown.Keys).SelectMany(Made))
            .OrderBy(static connection => connection.Name, StringComparer.Ordinal),
    ];

    public Connection? Named(string name) => configured.Named(name)
        ?? Owners(name).Select(tenant => GetMade(tenant).Find(tenant, name.ToLowerInvariant()))
            .FirstOrDefault(static made => made is not null);

    public async ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (configured.Named(name) is { } known)
            return known;
        foreach (var tenant in Owners(name).Where(tenant => tenants.Find(tenant) is not null))
        {
            if (await States.FindAsync(tenant, cancellationToken) is not { } state
                || state.Get<MadeConnections>().Find(tenant, name.ToLowerInvariant()) is not { } made)
                continue;
            // Whoever asks is about to use it.
            await secrets.LoadAsync(made);
            return made;
        }
        return null;
    }

    public IReadOnlyList<Connection> For(TenantId tenant) =>
    [
        .. configured.For(tenant).Concat(Made(tenant))
            .Where(connection => connectors.ContainsKey(connection.Connector)),
    ];

    public Connection? Find(TenantId tenant, string name)
    {
        var connection = configured.Named(name) ?? GetMade(tenant).Find(tenant, name.ToLowerInvariant());
        return connection?.Tenant == tenant && connectors.ContainsKey(connection.Connector) ? connection : null;
    }

    public IConnector GetConnector(Connection connection) => connectors.TryGetValue(connection.Connector, out var connector)
        ? connector
        : throw new InvalidOperationException(
            $"Connection '{connection.Name}' only receives: connector '{connection.Connector}' cannot act or observe.");

    private IEnumerable<Connection> Made(TenantId tenant) =>
        GetMade(tenant).For(tenant).Where(made => configured.Named(made.Name) is null);

    /// <summary>As of the last state of the tenant; one that is being built anew, as after an erasure, tells less than is known.</summary>
    private MadeConnections GetMade(TenantId tenant)
    {
        if (States.FindLatest(tenant) is not { } state)
            return lastKnown.TryGetValue(tenant, out var kept) ? kept.Made : MadeConnections.Empty;
        return lastKnown.AddOrUpdate(
            tenant,
            static (_, now) => (now.Seq, now.Get<MadeConnections>()),
            static (_, before, now) => now.Seq >= before.Seq ? (now.Seq, now.Get<MadeConnections>()) : before,
            state).Made;
    }

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

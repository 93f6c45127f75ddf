using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

/// <summary>Section <c>Connections</c>: one entry for each connection name.</summary>
public sealed class ConnectionsOptions
{
    public Dictionary<string, ConnectionSettings> Connections { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Section <c>Connections:{name}</c>.</summary>
public sealed class ConnectionSettings
{
    public string? Tenant { get; init; }
    public string? Connector { get; init; }

    /// <summary>
    /// How long nothing may come before the connection counts as silent; zero for never, nothing for <c>Completeness:StaleAfter</c>.
    /// </summary>
    public TimeSpan? StaleAfter { get; init; }

    /// <summary>The day by which its secrets are to be replaced; people are reminded from two weeks before.</summary>
    public DateOnly? RotateBy { get; init; }

    /// <summary>The connector's own; a secret may be <c>env:NAME</c> or <c>file:/path</c>.</summary>
    public Dictionary<string, string?> Settings { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Something that connections can name as their connector without being able to act, as a source of events; or a check of the settings
/// of a connector that can. Asked once, at start.
/// </summary>
public interface IConnectionCheck
{
    /// <summary>Name of the connector, as in <c>alertmanager</c>.</summary>
    string Connector { get; }

    /// <summary>Events come over its connections by themselves, so that silence means something.</summary>
    bool SendsEvents => false;

    /// <summary>
    /// What is wrong with the connection's settings, one sentence each, beginning with the setting's name; secrets are not read.
    /// </summary>
    IEnumerable<string> Problems(Connection connection);
}

/// <summary>Every connection of every tenant: for the edge, which knows a name before it knows a tenant.</summary>
public interface IConnectionDirectory
{
    /// <summary>Those of the settings, and those made in chat of every tenant whose state was asked for since the start.</summary>
    IReadOnlyList<Connection> All { get; }

    /// <summary>The connection of this name (case-insensitive), or null; of those made in chat, as <see cref="All"/>.</summary>
    Connection? Named(string name);

    /// <summary>The connection of this name (case-insensitive) as it is on record now, or null.</summary>
    /// <exception cref="LedgerUnavailableException">Whether there is one cannot be told now.</exception>
    ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken);
}

/// <summary>The connections that configuration names.</summary>
internal sealed class ConfiguredConnections
{
    private readonly Dictionary<string, Connection> byName;
    private readonly ILookup<TenantId, Connection> byTenant;

    public ConfiguredConnections(IOptions<ConnectionsOptions> options)
    {
        All = [.. options.Value.Connections.Select(pair => Read(pair.Key, pair.Value))
            .OrderBy(connection => connection.Name, StringComparer.Ordinal)];
        byName = All.ToDictionary(connection => connection.Name, StringComparer.OrdinalIgnoreCase);
        byTenant = All.ToLookup(connection => connection.Tenant);
    }

    public IReadOnlyList<Connection> All { get; }

    public Connection? Named(string name) => byName.GetValueOrDefault(name);

    public IEnumerable<Connection> For(TenantId tenant) => byTenant[tenant];

    /// <summary>The connection, once it is known to be valid.</summary>
    internal static Connection Read(string name, ConnectionSettings settings) => new(
        name.Trim().ToLowerInvariant(),
        TenantId.Parse(settings.Tenant!),
        settings.Connector!.Trim().ToLowerInvariant(),
        settings.Settings.Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.OrdinalIgnoreCase))
    {
        StaleAfter = settings.StaleAfter,
    };
}

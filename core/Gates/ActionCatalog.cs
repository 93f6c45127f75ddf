using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// Looks an action up in the catalog of the connection that its target was found through; null when it is not there for this tenant.
/// </summary>
public delegate ActionSpec? FindAction(Target target, string action);

/// <summary>What the tenant's connectors declare, as gates look at it.</summary>
internal sealed class ActionCatalog(IConnections connections)
{
    public FindAction For(TenantId tenant) => (target, action) =>
        connections.Find(tenant, target.Connection) is { } connection
        && connections.GetConnector(connection).Actions.TryGetValue(action, out var spec)
        && spec.TargetKind == target.Kind
            ? spec
            : null;

    /// <summary>Name of the connector behind a connection; null when the tenant has no such connection.</summary>
    public string? GetConnector(TenantId tenant, string connection) => connections.Find(tenant, connection)?.Connector;
}

using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
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

    /// <summary>
    /// What of a plan its connections may not do any more, one sentence; null when they may do all of it. What an action is does not change
    /// by being switched off, so <see cref="For"/> finds it all the same.
    /// </summary>
    /// <param name="next">What is about to be sent; null for the whole plan.</param>
    public string? GetSwitchedOff(TenantId tenant, Plan plan, NextCall? next = null)
    {
        var asked = next is null ? plan.Steps : [plan.Steps[next.Step]];
        foreach (var step in asked)
        {
            var action = next is { Rollback: true } ? step.Rollback : step.Action;
            if (action is not null && connections.Find(tenant, step.Target.Connection) is { } connection
                && connections.GetConnector(connection).IsSwitchedOff(connection, action))
                return $"{EnabledActions.DescribeSwitchedOff(action, connection.Name)}.";
        }
        return null;
    }

    /// <summary>Name of the connector behind a connection; null when the tenant has no such connection.</summary>
    public string? GetConnector(TenantId tenant, string connection) => connections.Find(tenant, connection)?.Connector;
}

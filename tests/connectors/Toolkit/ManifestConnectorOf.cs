using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>Short for calls of one connection.</summary>
internal sealed record ManifestConnectorOf(ManifestHost Host, Connection Connection)
{
    public Task<IReadOnlyList<Target>> FindAsync(string name, string kind = "device") =>
        DoneAsync(Host.Connector(Connection.Connector).FindAsync(Connection, kind, name, Token));

    public Task<IReadOnlyDictionary<string, string>> ObserveAsync(string id, string name = "SRV-FILE01", string kind = "device") =>
        DoneAsync(Host.Connector(Connection.Connector).ObserveAsync(Connection, new(Connection.Name, kind, id, name, ""), Token));

    public Task<CallOutcome<ActionReceipt>> ActAsync(string action, string id, params (string Name, string Value)[] arguments) =>
        ActAsync(action, id, "SRV-FILE01", arguments);

    public Task<CallOutcome<ActionReceipt>> ActAsync(
        string action, string id, string name, params (string Name, string Value)[] arguments) =>
        Host.Connector(Connection.Connector).ActAsync(
            Connection,
            new("op-1", action, new(Connection.Name, "device", id, name, ""), arguments.ToDictionary(static one => one.Name, static one => one.Value)),
            Token);
}

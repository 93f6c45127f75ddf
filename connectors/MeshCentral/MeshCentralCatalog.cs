using System.Collections.Frozen;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>What MeshCentral can do to a device, and the right within the device group that the account needs for it.</summary>
internal static class MeshCentralCatalog
{
    public const string Wake = "device.wake";
    public const string Reboot = "device.reboot";
    public const string Shutdown = "device.shutdown";
    public const string Run = "command.run";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public static IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new[]
    {
        Action(Wake, Reversibility.Partly, true, "MeshCentral wake {target}"),
        Action(Reboot, Reversibility.Irreversible, false, "MeshCentral reset {target}"),
        Action(Shutdown, Reversibility.Irreversible, false, "MeshCentral power off {target}"),
        Action(Run, Reversibility.Irreversible, false, "MeshCentral run '{command}' on {target}"),
    }.ToFrozenDictionary(static action => action.Name);

    public static ConnectorDescription Description { get; } = new(
        MeshCentralConnector.ConnectorName, "MeshCentral", false, false, MeshCentralSettings.Descriptions, ["device"],
        [.. Actions.Values.OrderBy(static one => one.Name, StringComparer.Ordinal)],
        ["device.lastSeen", "device.online", "device.os", "device.serial"]);

    /// <summary>The right as the server counts it, and as its pages call it.</summary>
    public static (long Bit, string Name) RightFor(string action) => action switch
    {
        Wake => (0x40, "Wake Devices"),
        Run => (0x20000, "Remote Commands"),
        _ => (0x40000, "Reset / Off"),
    };

    private static ActionSpec Action(string name, Reversibility reversibility, bool isIdempotent, string command)
    {
        var capability = Capabilities.Actions[name];
        return new(
            name, capability.Title, capability.TargetKind, reversibility, BlastRadius.OneDevice, isIdempotent, command,
            capability.Arguments, null, Timeout);
    }
}

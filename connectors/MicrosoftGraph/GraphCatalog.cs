using System.Collections.Frozen;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What Graph can do and tell, and how far each action reaches.</summary>
internal static class GraphCatalog
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new[]
    {
        Action("alert.acknowledge", Reversibility.Reversible, "Defender PATCH alerts: inProgress for alert '{alert}' of {target}") with
        {
            BlastRadius = BlastRadius.Nothing,
        },
        Action("device.reboot", Reversibility.Irreversible, "Intune rebootNow for {target}", repeats: false),
        Action("device.shutdown", Reversibility.Irreversible, "Intune shutDown for {target}", repeats: false),
        Action(GraphDeviceKind.Rotate, Reversibility.Irreversible, "Intune rotateLocalAdminPassword for {target}", repeats: false),
        Action("scan.start", Reversibility.Irreversible, "Intune windowsDefenderScan (quick) for {target}", repeats: false),
        Action(GraphRoleActions.Assign, Reversibility.Reversible,
            "Graph PIM adminAssign of the role '{role}' to {target} for {hours} hours", GraphRoleActions.Remove, repeats: false) with
        {
            BlastRadius = BlastRadius.Tenant,
        },
        Action(GraphRoleActions.Remove, Reversibility.Reversible,
            "Graph PIM adminRemove of the role '{role}' from {target}{hours? , given for hours: }", repeats: false) with
        {
            BlastRadius = BlastRadius.Tenant,
        },
        Action("user.disable", Reversibility.Reversible, "Graph PATCH users: accountEnabled = false for {target}", "user.enable"),
        Action("user.enable", Reversibility.Reversible, "Graph PATCH users: accountEnabled = true for {target}", "user.disable"),
        Action("user.revoke-sessions", Reversibility.Irreversible, "Graph revokeSignInSessions for {target}"),
    }.ToFrozenDictionary(static one => one.Name);

    /// <summary>Names from the vocabulary, in order.</summary>
    public static IReadOnlyList<string> Observations { get; } =
    [
        "action.{action}.state", "device.compliance", "device.encrypted", "device.entraId", "device.lastSeen", "device.lastUser",
        "device.mac", "device.os", "device.serial", "laps.backedUp", "laps.lastBackup", "laps.nextRotation", "role.{role}.state",
        "user.enabled", "user.objectId", "user.risk", "user.riskySignIns", "user.sessionsValidFrom", "user.synchronized", "user.upn",
    ];

    private static ActionSpec Action(string name, Reversibility reversibility, string command, string? rollback = null, bool repeats = true)
    {
        var capability = Capabilities.Actions[name];
        var radius = capability.TargetKind == "user" ? BlastRadius.OneUser : BlastRadius.OneDevice;
        return new(
            name, capability.Title, capability.TargetKind, reversibility, radius, Idempotent: repeats, command, capability.Arguments,
            rollback, Timeout);
    }
}

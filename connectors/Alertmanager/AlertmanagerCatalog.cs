using System.Collections.Frozen;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>What Alertmanager can do, and what a connection to it says.</summary>
internal static class AlertmanagerCatalog
{
    public const string Name = "alertmanager";
    public const string Alert = "alert";
    public const string Silence = "alert.silence";
    public const string Unsilence = "alert.unsilence";

    public static IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new[]
    {
        Action(Silence, "amtool silence add for {minutes} minutes of the alert {target}", Unsilence),
        Action(Unsilence, "amtool silence expire of the silence of {minutes} minutes of the alert {target}", null),
    }.ToFrozenDictionary(static action => action.Name);

    public static ConnectorDescription Description { get; } = new(
        Name, "Prometheus Alertmanager", IsSimulation: false, SendsEvents: true,
        [
            SettingDescription.SenderSecret("Bearer"), new("Username", "Username of the sender", false, false, "alertmanager", []),
            SettingDescription.SenderSecret("Password"), .. AlertmanagerApi.Descriptions,
        ],
        [Alert], [.. Actions.Values.OrderBy(static one => one.Name, StringComparer.Ordinal)], ["alert.silenced", "alert.state"]);

    private static ActionSpec Action(string name, string command, string? rollback)
    {
        var capability = Capabilities.Actions[name];
        return new(
            name, capability.Title, capability.TargetKind, Reversibility.Reversible, BlastRadius.OneDevice, Idempotent: true, command,
            capability.Arguments, rollback, AlertmanagerApi.TimeLimit);
    }
}

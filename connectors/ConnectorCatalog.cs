using DevOpsAI.Connections;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors;

/// <summary>What a connector is, for people and for forms.</summary>
/// <param name="Name">As connections name it, as in <c>ninjaone</c>.</param>
/// <param name="IsSimulation">Nothing real is touched; said wherever a person sees it.</param>
/// <param name="SendsEvents">Its vendor reports by itself, to <c>/api/events/{connection}</c>.</param>
/// <param name="Targets">Kinds of what it finds and acts on.</param>
/// <param name="Actions">Names from the vocabulary, or the connector's own.</param>
/// <param name="Observations">As in <c>service.{service}.state</c>.</param>
public sealed record ConnectorDescription(
    string Name,
    string Title,
    bool IsSimulation,
    bool SendsEvents,
    IReadOnlyList<SettingDescription> Settings,
    IReadOnlyList<string> Targets,
    IReadOnlyList<ActionSpec> Actions,
    IReadOnlyList<string> Observations);

/// <summary>A setting of a connection, as in <c>Connections:{name}:Settings:{setting}</c>.</summary>
/// <param name="IsSecret">Given as a reference: <c>env:NAME</c> or <c>file:/path</c>.</param>
/// <param name="Choices">What it may be; empty for anything that fits.</param>
public sealed record SettingDescription(
    string Name, string Title, bool IsRequired, bool IsSecret, string? Example, IReadOnlyList<string> Choices)
{
    /// <summary>The sender of events proves itself with it: a secret that whoever sets up the connection chose.</summary>
    public bool ProvesSender { get; init; }
}

/// <summary>The connectors that come with the bot.</summary>
public static class ConnectorCatalog
{
    /// <summary>By name.</summary>
    public static IReadOnlyList<ConnectorDescription> All { get; } =
    [
        .. ManifestServices.BuiltIn().Select(Describe).Concat(
        [
            new("alertmanager", "Prometheus Alertmanager", false, true,
                [Optional("Bearer"), Plain("Username"), Optional("Password")], [], [], []),
            new("cloudevents", "CloudEvents", false, true, [Optional("Bearer"), Optional("HmacSecret")], [], [], []),
            new(SandboxConnector.ConnectorName, "Sandbox (simulation)", true, true,
                [new("Token", "token of the simulated vendor", true, true, "env:CONTOSO_SANDBOX", []) { ProvesSender = true }],
                ["device", "mailbox", "site", "user"], [.. SandboxCatalog.For(TimeSpan.FromSeconds(1)).Values], []),
        ]).OrderBy(static one => one.Name, StringComparer.Ordinal),
    ];

    /// <summary>Mistakes in a manifest, as <c>file:line: what would be right</c>; empty when there are none.</summary>
    public static IReadOnlyList<string> ValidationErrors(string file, string yaml)
    {
        var errors = new List<string>();
        ManifestReader.Read(file, yaml, errors);
        return errors;
    }

    private static ConnectorDescription Describe(Manifest manifest) => new(
        manifest.Name,
        manifest.Title,
        false,
        manifest.Webhook is not null,
        [
            .. manifest.Settings.Select(one => new SettingDescription(
                one.Name, one.Title, one.IsRequired, one.IsSecret, one.Example, [.. one.Values.Keys])
            {
                ProvesSender = manifest.Webhook?.Sender.Setting == one.Name,
            }),
            new(VendorCall.AddressSetting, $"address of {manifest.Title} in place of the usual one", false, false,
                "https://vendor.example", []),
        ],
        [.. manifest.Targets.Keys.Order(StringComparer.Ordinal)],
        [.. manifest.Actions.Values.Select(static one => one.Spec).OrderBy(static one => one.Name, StringComparer.Ordinal)],
        [
            .. manifest.Targets.Values.SelectMany(static one => one.Observations).SelectMany(static one => one.Values)
                .Select(static one => Capabilities.Observing(one.Key.Example())?.Name).OfType<string>()
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ]);

    private static SettingDescription Optional(string name) =>
        new(name, $"{name} of the sender", false, true, "env:CONTOSO_EVENTS", []) { ProvesSender = true };

    private static SettingDescription Plain(string name) => new(name, $"{name} of the sender", false, false, "alertmanager", []);
}

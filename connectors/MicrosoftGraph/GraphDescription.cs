using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What the connector is, for people and for forms.</summary>
public static class GraphDescription
{
    public const string ConnectorName = "microsoft-graph";

    internal const string Title = "Microsoft Graph";

    public static IReadOnlyList<SettingDescription> Settings { get; } =
    [
        .. EntraApplication.Settings,
        new(GraphSettings.Watched, $"what becomes events: {string.Join(", ", GraphWatch.Words)}, or none", false, false,
            "alerts,incidents,health", []),
        new(GraphSettings.Notifications, "public address of this connection's events, for changes of users", false, false,
            "https://bot.example/api/events/contoso-graph", []),
        new(GraphSettings.State, "a secret of your own that Graph sends with its notifications", false, true, "env:CONTOSO_GRAPH_STATE", [])
        {
            ProvesSender = true,
        },
        new(GraphSettings.AddressName, "address of Microsoft Graph in place of the cloud's", false, false,
            "https://graph.microsoft.com/v1.0", []) { OnlyInSettings = true },
    ];

    public static ConnectorDescription Description { get; } = new(
        ConnectorName,
        Title,
        IsSimulation: false,
        SendsEvents: true,
        Settings,
        ["device", "user"],
        [.. GraphCatalog.Actions.Values.OrderBy(static one => one.Name, StringComparer.Ordinal)],
        [.. GraphCatalog.Observations]);
}

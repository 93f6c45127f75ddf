using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What the connector is, for people and for forms.</summary>
public static class GraphDescription
{
    public const string ConnectorName = "microsoft-graph";

    internal const string Title = "Microsoft Graph";

    public static IReadOnlyList<SettingDescription> Settings { get; } =
    [
        new(GraphSettings.Directory, "directory (tenant) id of the client in Entra", true, false,
            "84841066-274d-4ec0-a5c1-276be684bdd3", []),
        new(GraphSettings.Application, "application (client) id of the app registration", true, false,
            "6e7b768e-07e2-4810-8459-485f84f8f204", []),
        new(GraphSettings.ClientSecret, "value of the application's client secret", false, true, "env:CONTOSO_GRAPH", []),
        new(GraphSettings.Certificate, "in place of a secret: the application's certificate with its private key, as PEM", false, true,
            "file:/run/secrets/contoso-graph.pem", []),
        new(GraphSettings.Identity, "in place of a secret: the identity that the application trusts (federated credential)", false, false,
            "managed", ["managed", "workload"]) { OnlyInSettings = true },
        new(GraphSettings.IdentityClient, "client id of a user-assigned managed identity", false, false,
            "2b5ed229-4072-478d-9504-a047ebd4b07d", []) { OnlyInSettings = true },
        new(GraphSettings.CloudName, "which of Microsoft's clouds the directory is in", false, false, GraphCloud.Usual,
            [.. GraphCloud.All.Keys]),
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
        new(GraphSettings.AuthorityName, "address of Entra in place of the cloud's", false, false,
            "https://login.microsoftonline.com/", []) { OnlyInSettings = true },
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

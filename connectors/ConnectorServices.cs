using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Connectors.CloudEvents;
using DevOpsAI.Connectors.MeshCentral;
using DevOpsAI.Connectors.MicrosoftGraph;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors;

public static class ConnectorServices
{
    /// <summary>Every connector that connections can name; of the simulation, what is known without it.</summary>
    /// <param name="folder">Where the operator's own manifests are; null for none.</param>
    /// <param name="contentRoot">What a relative folder begins at.</param>
    public static IServiceCollection AddConnectors(
        this IServiceCollection services, string? folder, string contentRoot) => services
        .AddSingleton<ConnectorCatalog>()
        .AddSingleton<InboundAuthentication>()
        .AddManifestConnectors(folder, contentRoot)
        .AddAlertmanager()
        .AddSingleton(CloudEventsSource.Description)
        .AddWebhookSource<CloudEventsSource>()
        .AddMeshCentral()
        .AddMicrosoftGraph()
        .AddSingleton(SandboxServices.Description)
        .AddWebhookSource<SandboxEvents>();
}

using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Connectors.CloudEvents;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors;

public static class EventSourcesServices
{
    /// <summary>Every sender of events that connections can name.</summary>
    public static IServiceCollection AddEventSources(this IServiceCollection services) => services
        .AddSingleton<InboundAuthentication>()
        .AddWebhookSource<AlertmanagerSource>()
        .AddWebhookSource<CloudEventsSource>()
        .AddWebhookSource<SandboxEvents>();
}

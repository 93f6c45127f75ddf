using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.MicrosoftGraph;

public static class GraphServices
{
    /// <summary>Microsoft Graph, so that connections can name it. Its SDK is loaded with the first call and not before.</summary>
    public static IServiceCollection AddMicrosoftGraph(this IServiceCollection services) => services
        .AddVendorCalls()
        .AddSingleton(GraphDescription.Description)
        .AddSingleton<GraphCalls>()
        .AddSingleton<GraphHealth>()
        .AddSingleton<GraphUsers>()
        .AddSingleton<GraphDevices>()
        .AddSingleton<GraphLocalPasswords>()
        .AddSingleton<GraphRisks>()
        .AddSingleton<GraphAlerts>()
        .AddSingleton<GraphRoles>()
        .AddSingleton<GraphRoleActions>()
        .AddSingleton<GraphSignals>()
        .AddSingleton<GraphKind, GraphUserKind>()
        .AddSingleton<GraphKind, GraphDeviceKind>()
        .AddSingleton<GraphConnector>()
        .AddSingleton<IConnector>(static provider => provider.GetRequiredService<GraphConnector>())
        .AddSingleton<IConnectionCheck>(static provider => provider.GetRequiredService<GraphConnector>())
        .AddSingleton<IConnectionProbe>(static provider => provider.GetRequiredService<GraphConnector>())
        .AddWebhookSource<GraphNotifications>();

    /// <summary>The watch over connections to Graph, in the bot that works with them.</summary>
    public static IServiceCollection AddMicrosoftGraphWatch(this IServiceCollection services) => services
        .AddSingleton<GraphIssues>()
        .AddSingleton<GraphPositions>()
        .AddSingleton<GraphPoll>()
        .AddSingleton<GraphStates>()
        .AddSingleton<GraphSubscriptions>()
        .AddSingleton<IConnectionVitals>(static provider => provider.GetRequiredService<GraphSubscriptions>())
        .AddHostedService<GraphWatcher>();
}

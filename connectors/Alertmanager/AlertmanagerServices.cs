using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Connectors.Alertmanager;

public static class AlertmanagerServices
{
    /// <summary>Alertmanager as a sender of events and, where a connection says its address, as what silences alerts.</summary>
    public static IServiceCollection AddAlertmanager(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddVendorCalls()
            .AddSingleton(AlertmanagerCatalog.Description)
            .AddWebhookSource<AlertmanagerSource>()
            .AddSingleton<AlertmanagerApi>()
            .AddSingleton<AlertmanagerConnector>()
            .AddSingleton<IConnector>(static provider => provider.GetRequiredService<AlertmanagerConnector>())
            .AddSingleton<IConnectionProbe>(static provider => provider.GetRequiredService<AlertmanagerConnector>());
    }
}

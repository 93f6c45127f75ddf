using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Connectors.Toolkit;

public static class ToolkitServices
{
    /// <summary>What connectors call their vendors with. Asking twice is harmless.</summary>
    public static IServiceCollection AddVendorCalls(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(VendorClient)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(VendorClient.ReadingClient).ConfigurePrimaryHttpMessageHandler(() => Handler(TimeSpan.FromMinutes(2)));
        services.AddHttpClient(VendorClient.ActingClient).ConfigurePrimaryHttpMessageHandler(() => Handler(TimeSpan.Zero));
        return services.AddSingleton<VendorPipelines>().AddSingleton<VendorClient>().AddSingleton<EntraTokens>()
            .AddSingleton<IConnectionVitals>(static provider => provider.GetRequiredService<VendorPipelines>())
            .AddSingleton<IConnectionVitals>(static provider => provider.GetRequiredService<EntraTokens>());
    }

    private static SocketsHttpHandler Handler(TimeSpan connectionLifetime) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = connectionLifetime,
    };
}

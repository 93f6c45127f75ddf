using DevOpsAI.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Connectors.MeshCentral;

public static class MeshCentralServices
{
    /// <summary>The MeshCentral connector, so that connections can name it.</summary>
    public static IServiceCollection AddMeshCentral(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(MeshCentralCatalog.Description)
            .AddSingleton<MeshCentralConnector>()
            .AddSingleton<IConnector>(static provider => provider.GetRequiredService<MeshCentralConnector>())
            .AddSingleton<IConnectionCheck>(static provider => provider.GetRequiredService<MeshCentralConnector>())
            .AddSingleton<IConnectionProbe>(static provider => provider.GetRequiredService<MeshCentralConnector>());
    }
}

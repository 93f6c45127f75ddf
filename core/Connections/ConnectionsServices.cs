using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

public static class ConnectionsServices
{
    /// <summary>The connections from section <c>Connections</c>, over whatever connectors and event sources are registered.</summary>
    public static IServiceCollection AddConnections(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ConnectionsOptions>, ConnectionsValidator>();
        services.AddOptionsWithValidateOnStart<ConnectionsOptions>().BindConfiguration("");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISecretSource, SecretSource>();
        services.TryAddSingleton<ConfiguredConnections>();
        services.TryAddSingleton<IConnections>(provider => provider.GetRequiredService<ConfiguredConnections>());
        services.TryAddSingleton<IConnectionDirectory>(provider => provider.GetRequiredService<ConfiguredConnections>());
        return services;
    }
}

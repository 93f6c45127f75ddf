using DevOpsAI.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

public static class ConnectionsServices
{
    /// <summary>
    /// The connections from section <c>Connections</c>, over whatever connectors and event sources are registered. ASP.NET Core has an
    /// <c>AddConnections</c> of its own.
    /// </summary>
    public static IServiceCollection AddTenantConnections(this IServiceCollection services)
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

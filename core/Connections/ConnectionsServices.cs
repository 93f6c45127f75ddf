using DevOpsAI.Common;
using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

public static class ConnectionsServices
{
    /// <summary>
    /// The connections from section <c>Connections</c> and those made in chat, over whatever connectors and event sources are registered.
    /// Needs tenant states, documents and a key ring for the latter. ASP.NET Core has an
    /// <c>AddConnections</c> of its own.
    /// </summary>
    public static IServiceCollection AddTenantConnections(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ConnectionsOptions>, ConnectionsValidator>();
        services.AddOptionsWithValidateOnStart<ConnectionsOptions>().BindConfiguration("");
        services.TryAddSingleton(TimeProvider.System);
        // Where they are kept is looked up when one is read: the store of the ledger needs secrets of its own.
        services.TryAddSingleton<ISecretSource>(provider => new SecretSource(provider.GetRequiredService<TimeProvider>())
        {
            Stored = name => provider.GetRequiredService<StoredSecrets>().Read(name),
        });
        services.TryAddSingleton<StoredSecrets>();
        services.TryAddSingleton<InstalledConnectors>();
        services.TryAddSingleton<ConfiguredConnections>();
        services.TryAddSingleton(provider => new Lazy<TenantStates>(provider.GetRequiredService<TenantStates>));
        services.TryAddSingleton<TenantConnections>();
        services.TryAddSingleton<IConnections>(provider => provider.GetRequiredService<TenantConnections>());
        services.TryAddSingleton<IConnectionDirectory>(provider => provider.GetRequiredService<TenantConnections>());
        return services;
    }
}

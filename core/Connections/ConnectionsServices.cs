using DevOpsAI.Common;
using DevOpsAI.Connections.Secrets;
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
            Stored = reference => provider.GetRequiredService<StoredSecrets>().Read(reference),
        });
        services.AddOptionsWithValidateOnStart<SecretsOptions>().BindConfiguration("Secrets").Validate(
            static secrets => secrets.KeyVault is null or { IsAbsoluteUri: true, Scheme: "https" },
            "Secrets:KeyVault: an https address, as in https://contoso-kv.vault.azure.net/; the bot shows its token there.");
        services.TryAddSingleton(static provider =>
            new KeyVaultSecrets(provider.GetRequiredService<IOptions<SecretsOptions>>().Value.KeyVault));
        services.TryAddSingleton<DocumentSecrets>();
        services.TryAddSingleton(static provider => new StoredSecrets(
            provider.GetRequiredService<KeyVaultSecrets>(), new(provider.GetRequiredService<DocumentSecrets>),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<RotatingSecrets>();
        services.TryAddSingleton<InstalledConnectors>();
        services.TryAddSingleton<VitalsReader>();
        services.TryAddSingleton<ConfiguredConnections>();
        services.TryAddSingleton(provider => new Lazy<TenantStates>(provider.GetRequiredService<TenantStates>));
        services.TryAddSingleton<TenantConnections>();
        services.TryAddSingleton<IConnections>(provider => provider.GetRequiredService<TenantConnections>());
        services.TryAddSingleton<IConnectionDirectory>(provider => provider.GetRequiredService<TenantConnections>());
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Vault;

public static class VaultServices
{
    /// <summary>The key ring over the documents beside the ledger, with the customer's keys that <c>Storage:Keys</c> names. Keys are opened at start.</summary>
    public static IServiceCollection AddVault(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<KeysOptions>().BindConfiguration("Storage:Keys");
        services.AddSingleton<IKeyWrapper>(static provider => new FileKeyWrapper(KeyFolder(
            provider.GetRequiredService<IOptions<KeysOptions>>().Value,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath,
            LedgerServices.FolderOf(provider))));
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IKeyRing>(static provider => provider.GetRequiredService<KeyRing>());
        services.AddHostedService<KeysAtStart>();
        return services;
    }

    internal static string KeyFolder(KeysOptions options, string contentRoot, string storage) =>
        string.IsNullOrWhiteSpace(options.Path) ? Path.Combine(storage, "keys") : Path.GetFullPath(options.Path, contentRoot);
}

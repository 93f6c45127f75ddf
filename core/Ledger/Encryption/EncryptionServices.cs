using Azure.Core;
using Azure.Identity;
using DevOpsAI.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Encryption;

public static class EncryptionServices
{
    private static readonly TimeSpan KeyVaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The key ring over the documents beside the ledger, with the customer's keys that <c>Storage:Keys</c> names. Keys are opened at
    /// start.
    /// </summary>
    public static IServiceCollection AddEncryption(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<KeysOptions>().BindConfiguration("Storage:Keys")
            .Validate(static keys => keys.Provider != KeyProvider.KeyVault || keys.VaultUri is not null
                || keys.Tenants.Values.Any(static tenant => tenant.VaultUri is not null),
                "Storage:Keys:Provider is KeyVault, so Storage:Keys:VaultUri has to be set, as in https://contoso-kv.vault.azure.net/.")
            .Validate(static keys => keys.Tenants.Values.Select(static tenant => tenant.VaultUri).Append(keys.VaultUri)
                .All(static keyVault => keyVault is null or { IsAbsoluteUri: true, Scheme: "https" }),
                "Storage:Keys: a VaultUri is an https address, as in https://contoso-kv.vault.azure.net/; the bot shows its token there.");
        services.AddSingleton(static provider => Wrapper(
            provider.GetRequiredService<IOptions<KeysOptions>>().Value,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath,
            LedgerServices.GetFolder(provider)));
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IKeyRing>(static provider => provider.GetRequiredService<KeyRing>());
        services.AddHostedService<KeyOpening>();
        services.AddHostedService<RotationRecorder>();
        return services;
    }

    /// <summary>The customer's keys as the settings name them.</summary>
    /// <param name="storage">The folder of the ledger.</param>
    public static IKeyWrapper Wrapper(KeysOptions options, string contentRoot, string storage)
    {
        if (options.Provider == KeyProvider.File)
            return new FileKeyWrapper(string.IsNullOrWhiteSpace(options.Path)
                ? Path.Combine(storage, "keys")
                : Path.GetFullPath(options.Path, contentRoot));
        var identity = new DefaultAzureCredential();
        return KeyVault(options, async (audience, cancellationToken) =>
        {
            try
            {
                return (await identity.GetTokenAsync(new TokenRequestContext([audience]), cancellationToken)).Token;
            }
            catch (AuthenticationFailedException failure)
            {
                throw new LedgerUnavailableException($"No token for Key Vault: {failure.Message}", failure);
            }
        });
    }

    /// <param name="token">A bearer token for an audience.</param>
    internal static KeyVaultWrapper KeyVault(KeysOptions options, Func<string, CancellationToken, ValueTask<string>> token) =>
        new(new HttpClient(DirectHttp.Handler()) { Timeout = KeyVaultTimeout }, options, token);
}

using DevOpsAI.Common;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Proofs;

public static class CheckpointServices
{
    /// <summary>Named client for Key Vault and for witnesses.</summary>
    public const string Client = "checkpoints";

    /// <summary>
    /// Signs every tenant's ledger and has it witnessed. Needs the ledger, its archive and its documents.
    /// </summary>
    /// <param name="vaultToken">Gives an Entra token for Key Vault, where that holds the key.</param>
    public static IServiceCollection AddCheckpoints(this IServiceCollection services, Func<CancellationToken, ValueTask<string>> vaultToken)
    {
        services.AddSingleton<IValidateOptions<CheckpointOptions>, CheckpointOptionsValidator>();
        services.AddOptionsWithValidateOnStart<CheckpointOptions>().BindConfiguration("Ledger").ValidateDataAnnotations();
        services.AddHttpClient(Client, static client => client.Timeout = TimeSpan.FromSeconds(20))
            .ConfigurePrimaryHttpMessageHandler(DirectHttp.Handler);
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<LedgerTree>();
        services.AddSingleton<CheckpointStatus>();
        services.AddSingleton<CheckpointSignals>();
        services.AddSingleton<ILedgerSubscription, CheckpointSubscription>();
        services.AddSingleton(static provider => new ContainerSetting(OpenContainer(provider)));
        services.AddHostedService<ContainerProtection>();
        services.AddSingleton<ICheckpointSigner>(provider => GetOptions(provider).KeyVaultKey is { Length: > 0 } key
            ? new KeyVaultSigner(GetClient(provider), vaultToken, key)
            : new LocalCheckpointSigner(KeyPath(provider), provider.GetRequiredService<SigningKeys>()));
        services.AddSingleton(static provider => new CheckpointsByTenant(
            tenant => Keeper(provider, tenant), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new WitnessRounds(
            GetWitnesses(provider),
            provider.GetRequiredService<LedgerTree>(),
            provider.GetRequiredService<IDocuments>(),
            provider.GetRequiredService<CheckpointStatus>(),
            provider.GetRequiredService<ILogger<WitnessRounds>>()));
        services.AddSingleton(static provider => new WitnessedStart(
            GetWitnesses(provider),
            tenant => Origins.For(GetOptions(provider).Origin, tenant),
            provider.GetRequiredService<LedgerTree>(),
            provider.GetRequiredService<ITenantDirectory>(),
            provider.GetRequiredService<CheckpointStatus>(),
            new(GetOptions(provider).WitnessTimeout, provider.GetRequiredService<IOptions<StorageOptions>>().Value.AcceptLoss),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WitnessedStart>>()));
        services.AddSingleton<IExecutionDelay>(static provider => provider.GetRequiredService<WitnessedStart>());
        services.AddHostedService(static provider => provider.GetRequiredService<WitnessedStart>());
        services.AddSingleton<CheckpointPublisher>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService(static provider => provider.GetRequiredService<Checkpointer>());
        return services;
    }

    private static TenantCheckpoints Keeper(IServiceProvider provider, TenantId tenant) => new(
        tenant,
        Origins.For(GetOptions(provider).Origin, tenant),
        provider.GetRequiredService<LedgerTree>(),
        provider.GetRequiredService<Checkpoints>(),
        provider.GetRequiredService<SigningKeys>(),
        provider.GetRequiredService<ICheckpointSigner>(),
        GetPlaces(provider),
        provider.GetRequiredService<Quarantine>());

    private static CheckpointPlaces GetPlaces(IServiceProvider provider)
    {
        var others = new List<ICheckpointPlace>();
        if (GetOptions(provider).CheckpointFolder is { Length: > 0 } folder)
            others.Add(new CheckpointFiles(Path.GetFullPath(folder, ContentRoot(provider))));
        if (provider.GetRequiredService<ContainerSetting>().Container is { } container)
            others.Add(container);
        return new(new(Path.Combine(GetFolder(provider), CheckpointFiles.FolderName)), others);
    }

    private static CheckpointContainer? OpenContainer(IServiceProvider provider) =>
        GetOptions(provider) is { CheckpointContainer: { Length: > 0 } address } options
            ? ContainerConnection.Open(
                address, options.CheckpointContainerKey, provider.GetRequiredService<ISecretSource>(),
                provider.GetRequiredService<TimeProvider>())
            : null;

    private static IReadOnlyList<WitnessClient> GetWitnesses(IServiceProvider provider) =>
        [.. GetOptions(provider).Witnesses
            .Select(witness => new WitnessClient(GetClient(provider), new(witness.Url), VerifierKey.Parse(witness.Key)))];

    private static string KeyPath(IServiceProvider provider) => GetOptions(provider).SigningKeyPath is { Length: > 0 } path
        ? Path.GetFullPath(path, ContentRoot(provider))
        : Path.Combine(GetFolder(provider), LocalSigningKey.FileName);

    private static string GetFolder(IServiceProvider provider) =>
        Path.GetFullPath(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path, ContentRoot(provider));

    private static string ContentRoot(IServiceProvider provider) => provider.GetRequiredService<IHostEnvironment>().ContentRootPath;

    private static CheckpointOptions GetOptions(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<CheckpointOptions>>().Value;

    private static HttpClient GetClient(IServiceProvider provider) =>
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client);
}

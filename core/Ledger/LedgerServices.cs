using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Ledger.Vault;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger;

public static class LedgerServices
{
    /// <summary>
    /// The ledger in <c>Storage:Path</c>, the state of each tenant, and the service that runs every registered <see cref="ILedgerFollower"/>.
    /// Needs an <see cref="ITenantDirectory"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<StorageOptions>().BindConfiguration("Storage").ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton(static provider => new SqliteLedger(
            FolderOf(provider),
            provider.GetRequiredService<IKeyRing>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<LedgerMetrics>(),
            provider.GetRequiredService<ILogger<SqliteLedger>>()));
        services.AddSingleton<ILedger>(static provider => provider.GetRequiredService<SqliteLedger>());
        services.AddSingleton<ICursorStore>(static provider => provider.GetRequiredService<SqliteLedger>());
        services.AddSingleton<ILedgerArchive>(static provider => new SqliteArchive(Path.Combine(FolderOf(provider), LedgerFile.Name)));
        services.AddSingleton<IDocuments>(static provider => new SqliteDocuments(FolderOf(provider)));
        services.AddVault();
        services.AddSingleton<TenantStates>();
        services.AddSingleton<LedgerFollowing>();
        services.AddHostedService(static provider => provider.GetRequiredService<LedgerFollowing>());
        return services;
    }

    internal static string FolderOf(IServiceProvider provider) => Path.GetFullPath(
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path,
        provider.GetRequiredService<IHostEnvironment>().ContentRootPath);
}

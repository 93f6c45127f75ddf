using DevOpsAI.Common;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Ledger.Sqlite;
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
    /// The ledger that <c>Storage:Provider</c> names, and the service that runs every registered <see cref="ILedgerSubscription"/>.
    /// Needs an <see cref="ITenantDirectory"/>, a <see cref="TimeProvider"/> and, for Cosmos DB, an <see cref="ISecretSource"/>.
    /// </summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<StorageOptions>().BindConfiguration("Storage").ValidateDataAnnotations();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<LedgerMetrics>();
        services.AddSqliteStore().AddCosmosStore();
        services.AddSingleton(static provider => new Quarantine(provider.GetRequiredService<ILogger<Quarantine>>(), Lost(provider)));
        services.AddSingleton<ILedger>(static provider => new GuardedLedger(
            Choose<ILedger, SqliteLedger, CosmosLedger>(provider), Guard(provider), provider.GetRequiredService<ClockWatch>()));
        services.AddSingleton(static provider => new ClockWatch(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<StorageOptions>>().Value.LongestClockJump,
            provider.GetRequiredService<ILogger<ClockWatch>>(), ClockWatch.SinceBoot));
        services.AddSingleton(static provider => Choose<IStoreHealth, SqliteLedger, CosmosLedger>(provider));
        services.AddSingleton<ICursorStore>(
            static provider => new GuardedCursors(Choose<ICursorStore, SqliteLedger, DocumentCursors>(provider), Guard(provider)));
        services.AddSingleton<ILedgerArchive>(
            static provider => new GuardedArchive(Choose<ILedgerArchive, SqliteArchive, CosmosArchive>(provider), Guard(provider)));
        services.AddSingleton(static provider => Choose<IDocuments, SqliteDocuments, CosmosDocuments>(provider));
        services.AddSingleton(static provider => Choose<ISubscribedTenants, EveryTenant, LeasedTenants>(provider));
        services.AddSingleton<AssignedTenants>();
        services.AddEncryption();
        services.AddSingleton<StateStore>();
        services.AddHostedService<SnapshotsAtStop>();
        services.AddHostedService<LedgerCheck>();
        services.AddSingleton<OlderEntriesCheck>();
        services.AddHostedService<OlderEntries>();
        services.AddSingleton<LedgerSubscriptions>();
        services.AddHostedService(static provider => provider.GetRequiredService<LedgerSubscriptions>());
        return services;
    }

    private static IServiceCollection AddSqliteStore(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new SqliteLedger(
            GetFolder(provider),
            provider.GetRequiredService<EntryCatalog>(),
            provider.GetRequiredService<IKeyRing>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<LedgerMetrics>(),
            provider.GetRequiredService<ILogger<SqliteLedger>>(),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.AcceptLoss));
        services.AddSingleton(static provider => new SqliteArchive(Path.Combine(GetFolder(provider), LedgerFile.Name)));
        services.AddSingleton(static provider => new SqliteDocuments(GetFolder(provider)));
        return services.AddSingleton<EveryTenant>();
    }

    private static void AddCosmosStore(this IServiceCollection services)
    {
        services.AddSingleton<CosmosMetrics>();
        services.AddSingleton(static provider => new CosmosStore(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Cosmos,
            provider.GetRequiredService<ISecretSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<CosmosMetrics>(),
            provider.GetRequiredService<ILogger<CosmosStore>>()));
        services.AddSingleton<CosmosLedger>();
        services.AddSingleton<CosmosArchive>();
        services.AddSingleton<CosmosDocuments>();
        services.AddSingleton(static provider => new DocumentCursors(provider.GetRequiredService<CosmosDocuments>()));
        services.AddSingleton<LeasedTenants>();
        services.AddHostedService<CosmosLifecycle>();
    }

    private static TRole Choose<TRole, TSqlite, TCosmos>(IServiceProvider provider)
        where TRole : notnull
        where TSqlite : TRole
        where TCosmos : TRole =>
        IsCosmos(provider) ? provider.GetRequiredService<TCosmos>() : provider.GetRequiredService<TSqlite>();

    private static Quarantine Guard(IServiceProvider provider) => provider.GetRequiredService<Quarantine>();

    private static LostEntries? Lost(IServiceProvider provider) => IsCosmos(provider) ? null : new(
        GetFolder(provider),
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.AcceptLoss,
        provider.GetRequiredService<ILogger<LostEntries>>());

    internal static bool IsCosmos(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.Provider == StorageProvider.Cosmos;

    internal static string GetFolder(IServiceProvider provider) => Path.GetFullPath(
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path,
        provider.GetRequiredService<IHostEnvironment>().ContentRootPath);
}

using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Common;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Gates;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;
using SigningKeys = DevOpsAI.Bot.Teams.Inbound.SigningKeys;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>The messaging endpoint that was named; null when none was.</summary>
internal sealed record MessagingEndpoint(Uri? Address);

/// <summary>How long one check may take.</summary>
internal sealed record SetupLimit(TimeSpan Value);

/// <summary>All checks, in the order in which they are told.</summary>
internal static class SetupChecks
{
    /// <summary>Named client of the checks that call by themselves: no redirects, no cookies.</summary>
    public const string Client = "setup";

    public static IServiceCollection AddSetupChecks(this IServiceCollection services, MessagingEndpoint endpoint, SetupLimit limit) =>
        services
            .AddWhatChecksNeed(endpoint, limit)
            .AddArea("settings", SettingArea.Settings, "Every setting is known and has a value that it may have.")
            .AddArea("secrets", SettingArea.Secrets, "Every secret is where the settings say.")
            .AddArea("sample-secrets", SettingArea.SampleSecrets, "No connection that others reach has a published sample secret.")
            .AddArea("runbooks", SettingArea.Runbooks, "The runbooks can be read and fit the connectors.")
            .AddArea("policies", SettingArea.Policies, "The gate policies can be read.")
            .AddSingleton<ISetupCheck, ListeningCheck>()
            .AddSingleton<ISetupCheck, KillSwitchSetupCheck>()
            .AddSingleton<ISetupCheck, AdministratorsCheck>()
            .AddSingleton<ISetupCheck, CredentialCheck>()
            .AddSingleton<ISetupCheck, SigningKeysCheck>()
            .AddSingleton<ISetupCheck, ConnectorCheck>()
            .AddSingleton<ISetupCheck, EndpointCheck>()
            .AddSingleton<ISetupCheck, FolderCheck>()
            .AddSingleton<ISetupCheck, CosmosCheck>()
            .AddSingleton<ISetupCheck, CheckpointKeyCheck>()
            .AddSingleton<ISetupCheck, ClientKeysCheck>()
            .AddSingleton<ISetupCheck, SecretVaultCheck>()
            .AddSingleton<ISetupCheck, ClockCheck>();

    private static IServiceCollection AddArea(this IServiceCollection services, string name, SettingArea area, string ok) =>
        services.AddSingleton<ISetupCheck>(
            provider => new SettingsOfAreaCheck(name, area, ok, provider.GetRequiredService<SettingErrors>()));

    private static IServiceCollection AddWhatChecksNeed(
        this IServiceCollection services, MessagingEndpoint endpoint, SetupLimit limit)
    {
        services.AddHttpClient(Client, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(Handler).RemoveAllLoggers();
        return services
            .AddSingleton(endpoint)
            .AddSingleton(limit)
            .AddSingleton(static provider => SettingErrors.Find(provider))
            .AddSingleton<DiskSpace>()
            .AddSingleton<LedgerToLookAt>()
            .AddLazy<ILocalMode>()
            .AddLazy<SigningKeys>()
            .AddLazy<ITenantDirectory>()
            .AddLazy<Administrators>()
            .AddLazy<IOptions<AccessOptions>>()
            .AddLazy<KillSwitchReach>()
            .AddLazy<IKeyWrapper>()
            .AddLazy<StoredSecrets>()
            .AddLazy<ICheckpointSigner>();
    }

    /// <summary>What is made when it is first needed: settings that keep a part from being made concern its check alone.</summary>
    private static IServiceCollection AddLazy<TService>(this IServiceCollection services)
        where TService : class =>
        services.AddSingleton(static provider => new Lazy<TService>(provider.GetRequiredService<TService>));

    private static SocketsHttpHandler Handler()
    {
        var handler = DirectHttp.Handler();
        handler.Proxy = ProxyExceptLoopback.Instance;
        return handler;
    }
}

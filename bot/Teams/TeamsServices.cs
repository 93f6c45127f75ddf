using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Inbound;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams;

/// <summary>Registration of the Teams edge. An <see cref="ITurnHandler"/> has to be registered beside it.</summary>
public static class TeamsServices
{
    public static IServiceCollection AddTeams(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<TeamsOptions>().BindConfiguration("Teams").ValidateDataAnnotations();
        services.AddSingleton<IValidateOptions<TeamsOptions>, TeamsOptionsValidator>();
        services.AddOptions<StorageOptions>().BindConfiguration("Storage");
        services.TryAddSingleton<IDocuments>(static provider => new SqliteDocuments(Path.GetFullPath(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.Path,
            provider.GetRequiredService<IHostEnvironment>().ContentRootPath)));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISecretSource, SecretSource>();
        services.AddSingleton<ILocalMode, LocalMode>();
        services.AddSingleton<LocalToken>();
        services.AddSingleton<TrustedServiceUrls>();
        services.AddSingleton<HomeDirectory>().AddSingleton<IPostConfigureOptions<AccessOptions>, WrittenPeople>();
        services.AddHostedService<TeamsStartupCheck>();
        services.AddInbound().AddOutbound();
        return services.AddHostedService<TeamsWarmUp>();
    }

    public static IEndpointConventionBuilder MapTeams(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<Lazy<MessagesEndpoint>>();
        return endpoints.MapPost("/api/messages", http => endpoint.Value.HandleAsync(http));
    }

    private static IServiceCollection AddInbound(this IServiceCollection services)
    {
        services.AddHttpClient(SigningKeys.Client).ConfigurePrimaryHttpMessageHandler(Handler).RemoveAllLoggers();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<JwtValidator>();
        services.AddSingleton<InboundAuthenticator>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<BackgroundTurns>().AddHostedService(provider => provider.GetRequiredService<BackgroundTurns>());
        services.AddSingleton<Replies>().AddSingleton<ReplyQueue>();
        services.AddSingleton<InvokeTurns>();
        services.AddSingleton<TurnPipeline>();
        services.AddSingleton<MessagesEndpoint>();
        return services.AddSingleton(provider => new Lazy<MessagesEndpoint>(provider.GetRequiredService<MessagesEndpoint>));
    }

    private static IServiceCollection AddOutbound(this IServiceCollection services)
    {
        services.AddTransient<LoopbackLogin>();
        services.AddHttpClient(BotTokens.Client).ConfigurePrimaryHttpMessageHandler(Handler).AddHttpMessageHandler<LoopbackLogin>()
            .RemoveAllLoggers();
        services.AddSingleton<IBotTokens, BotTokens>();
        services.AddTransient<ConnectorHandler>();
        services.AddHttpClient(ConnectorPipe.Client, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(Handler).AddHttpMessageHandler<ConnectorHandler>().RemoveAllLoggers();
        services.AddSingleton<Pacer>();
        services.AddSingleton<ConnectorPipe>();
        services.AddSingleton<IConnectorClient, ConnectorClient>();
        services.AddSingleton<ConversationFile>().AddHostedService(provider => provider.GetRequiredService<ConversationFile>());
        services.AddSingleton<ConversationReferences>();
        services.AddSingleton<IPersonalData>(provider => provider.GetRequiredService<ConversationReferences>());
        return services.AddSingleton<IConversationReferences>(provider => provider.GetRequiredService<ConversationReferences>());
    }

    /// <summary>Follows no redirects: neither our token nor our trust in a host may be carried elsewhere.</summary>
    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        Proxy = ProxyExceptLoopback.Instance,
    };
}

using DevOpsAI.LocalTeams.Api;
using DevOpsAI.LocalTeams.Connector;
using DevOpsAI.LocalTeams.People;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.LocalTeams;

/// <summary>
/// A small stand-in for Microsoft Teams, for one machine. It reaches the bot only over HTTP, as Teams does, and shares no code with it.
/// </summary>
public static class LocalTeamsServices
{
    /// <summary>Call it in local mode only: it opens <c>local-teams.db</c> and talks to the bot once the server listens.</summary>
    public static IServiceCollection AddLocalTeams(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<LocalTeamsOptions>().BindConfiguration("LocalTeams").ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient<BotClient>(static (provider, client) =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                if (provider.GetRequiredService<IOptions<LocalTeamsOptions>>().Value.Token is { } token)
                    client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            })
            .ConfigurePrimaryHttpMessageHandler(
                () => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
        services.AddHttpClient<Samples>(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(
                () => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
        return services
            .AddSingleton<Addresses>()
            .AddSingleton<MessageStore>()
            .AddSingleton<ChangeFeed>()
            .AddSingleton<PageFiles>()
            .AddSingleton<Switches>()
            .AddSingleton<RateLimits>()
            .AddSingleton<ConnectorService>()
            .AddSingleton<ConnectorEndpoints>()
            .AddSingleton<CardViews>()
            .AddSingleton<Activities>()
            .AddSingleton<ClientSession>()
            .AddSingleton<Overview>()
            .AddSingleton<FirstDeliveries>()
            .AddHostedService<Seeder>();
    }

    /// <summary>
    /// Maps everything under <c>/localteams</c>; call it in local mode only, where the host answers nobody without the token: here anybody
    /// may act as anybody.
    /// </summary>
    public static IEndpointRouteBuilder MapLocalTeams(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<IOptions<LocalTeamsOptions>>().Value.Enabled)
            return endpoints;
        var root = endpoints.MapGroup("/localteams");
        ConnectorEndpoints.Map(root);
        ApiEndpoints.Map(root);
        root.MapGet("", (HttpContext http, PageFiles files) => files.Send(http, "index.html"));
        root.MapGet("/{**file}", (string file, HttpContext http, PageFiles files) => files.Send(http, file));
        return endpoints;
    }
}

using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Digests;

public static class DigestsServices
{
    /// <summary>Daily digests; wants the Teams edge, the ledger, its checkpoints and tenants to be registered as well.</summary>
    public static IServiceCollection AddDigests(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<DigestsOptions>().BindConfiguration("Digests").ValidateDataAnnotations();
        return services.AddSingleton<DigestViews>().AddSingleton<DigestDelivery>().AddHostedService<DigestPoster>();
    }
}

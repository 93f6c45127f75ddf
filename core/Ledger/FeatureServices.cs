using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Ledger;

public static class FeatureServices
{
    /// <summary>Registers what a feature hands the ledger. States of tenants are made of what all features have registered.</summary>
    public static IServiceCollection AddFeature(this IServiceCollection services, Feature feature)
    {
        services.TryAddSingleton(static provider => new EntryCatalog(provider.GetServices<Feature>()));
        services.TryAddSingleton<TenantStates>();
        return services.AddSingleton(feature);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tenancy;

public static class TenancyServices
{
    /// <summary>The tenant directory from section <c>Tenants</c>.</summary>
    public static IServiceCollection AddTenancy(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<TenantsOptions>, TenantsValidator>();
        services.AddOptionsWithValidateOnStart<TenantsOptions>().BindConfiguration("");
        services.AddOptions<RegionOptions>().BindConfiguration("Storage");
        services.TryAddSingleton<ITenantDirectory, ConfiguredTenants>();
        return services;
    }
}

using DevOpsAI.Ledger;
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
        services.AddOptions<StorageOptions>().BindConfiguration("Storage");
        services.TryAddSingleton<ITenantDirectory, ConfiguredTenants>();
        return services;
    }

    /// <summary>Keeps tenants of other regions out of the ledger, and says so at start. Call it after whatever registers the ledger.</summary>
    public static IServiceCollection AddRegions(this IServiceCollection services)
    {
        var ledger = services.Last(static service => service.ServiceType == typeof(ILedger));
        services.Remove(ledger);
        services.AddSingleton<ILedger>(provider => new RegionGuard(
            (ILedger)(ledger.ImplementationInstance ?? ledger.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, ledger.ImplementationType!)),
            provider.GetRequiredService<ITenantDirectory>()));
        return services.AddHostedService<RegionNotice>();
    }
}

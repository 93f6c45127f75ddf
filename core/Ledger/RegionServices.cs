using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Ledger;

public static class RegionServices
{
    /// <summary>
    /// Keeps tenants of other regions out of the ledger, and says so at start. Call it after whatever registers the ledger.
    /// </summary>
    public static IServiceCollection AddRegions(this IServiceCollection services)
    {
        var ledger = services.Last(static service => service.ServiceType == typeof(ILedger));
        services.Remove(ledger);
        services.AddSingleton<ILedger>(provider => new RegionGuard(
            (ILedger)(ledger.ImplementationInstance ?? ledger.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, ledger.ImplementationType!)),
            provider.GetRequiredService<ITenantDirectory>()));
        return services.AddHostedService<RegionNotice>();
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Incidents;

public static class IncidentsServices
{
    /// <summary>Correlation of events into incidents. Its request handlers are found by the assembly scan.</summary>
    public static IServiceCollection AddIncidents(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<StormOptions, StormOptionsValidator>().BindConfiguration("Storms");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IAlertParts, WholeDevices>();
        services.AddMetrics();
        services.AddSingleton<IRetention, ClosedIncidents>();
        services.AddSingleton<ILedgerSubscription, IncidentsSubscription>();
        services.AddHostedService<IntakeMetrics>();
        return services;
    }
}

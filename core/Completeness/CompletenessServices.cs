using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

public static class CompletenessServices
{
    /// <summary>
    /// What makes a missing action or a silent hour show: vendors' logs are read, silences noticed, and what is found there becomes an
    /// event.
    /// </summary>
    public static IServiceCollection AddCompleteness(this IServiceCollection services)
    {
        services.AddDeliveryReceipts().AddMetrics();
        services.AddSingleton<ILedgerSubscription, OutOfBandSubscription>().AddSingleton<ILedgerSubscription, NotTakenSubscription>()
            .AddSingleton<ILedgerSubscription, HealthSubscription>().AddSingleton<ILedgerSubscription, ExpirySubscription>();
        services.AddSingleton<ActionLogRecorder>().AddSingleton<ExpectedSenders>();
        return services.AddHostedService<ActionPoller>().AddHostedService<StalenessWatch>()
            .AddHostedService<HealthWatch>().AddHostedService<VitalsWatch>();
    }

    /// <summary>The counting of what comes in; harmless to repeat.</summary>
    public static IServiceCollection AddDeliveryReceipts(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(DeliveryReceipts)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CompletenessOptions>, CompletenessOptionsValidator>());
        services.AddOptionsWithValidateOnStart<CompletenessOptions>().BindConfiguration("Completeness");
        return services.AddSingleton<DeliveryReceipts>()
            .AddHostedService(static provider => provider.GetRequiredService<DeliveryReceipts>());
    }
}

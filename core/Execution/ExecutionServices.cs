using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Execution;

public static class ExecutionServices
{
    /// <summary>
    /// The executor and its subscription. Needs an <c>IExecutionGuard</c>, <c>IConnections</c>, the ledger and a clock.
    /// In the embedded store one process executes; in one that instances share, claims are freed by the end of their lease only.
    /// </summary>
    public static IServiceCollection AddExecution(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ExecutionOptions>().BindConfiguration("Execution").ValidateDataAnnotations();
        services.TryAddSingleton(_ => BotInstance.New());
        services.TryAddSingleton<IClaimPolicy>(
            static provider => provider.GetService<IOptions<StorageOptions>>()?.Value.Provider == StorageProvider.Cosmos
            ? new LeaseClaims()
            : ActivatorUtilities.CreateInstance<ExclusiveStorageClaims>(provider));
        services.AddMetrics();
        services.AddSingleton<ExecutionMetrics>();
        services.AddSingleton<TargetLocks>();
        services.AddSingleton<RunRecord>();
        services.AddSingleton<PlanRuns>();
        services.AddSingleton<ClaimPermissions>();
        services.AddSingleton<Executor>();
        services.AddSingleton<IEventEchoes, OperationEchoes>();
        services.AddSingleton<ILedgerSubscription, ExecutionSubscription>();
        return services;
    }
}

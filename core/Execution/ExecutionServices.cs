using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevOpsAI.Execution;

public static class ExecutionServices
{
    /// <summary>
    /// The executor and its follower, for the embedded store. Needs an <c>IExecutionGuard</c>, <c>IConnections</c>, the ledger and a clock.
    /// A store that several processes share registers <see cref="LeaseClaims"/> as its <see cref="IClaimPolicy"/> before this.
    /// </summary>
    public static IServiceCollection AddExecution(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ExecutionOptions>().BindConfiguration("Execution").ValidateDataAnnotations();
        services.TryAddSingleton(_ => BotInstance.New());
        services.TryAddSingleton<IClaimPolicy, ExclusiveStorageClaims>();
        services.TryAddSingleton<ICrashPoints, NoCrashPoints>();
        services.AddMetrics();
        services.AddSingleton<ExecutionMetrics>();
        services.AddSingleton<TargetLocks>();
        services.AddSingleton<RunRecord>();
        services.AddSingleton<Executor>();
        services.AddSingleton<ILedgerFollower, ExecutionFollower>();
        return services;
    }
}

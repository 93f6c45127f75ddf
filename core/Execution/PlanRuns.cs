using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Execution;

/// <summary>Makes what a claimed plan is carried out with.</summary>
internal sealed class PlanRuns(
    RunRecord record, IExecutionGuard guard, IConnections connections, TimeProvider clock, IOptions<ExecutionOptions> options,
    ILogger<PlanRun> logger)
{
    public VendorCalls GetCalls(TenantId tenant) => new(tenant, connections, clock, options.Value, logger);

    /// <param name="calls">Of the same tenant, with what they have read so far.</param>
    public PlanRun For(RunKey key, VendorCalls calls) => new(key, record, guard, calls, clock, options.Value, logger);
}

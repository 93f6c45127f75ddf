using DevOpsAI.Execution;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Asked before anything is claimed and again before every single action: may this plan be carried out now?</summary>
public interface IExecutionGuard
{
    /// <summary>
    /// Null when it may run. Otherwise one sentence for the person: a freeze, the kill switch, a broken seal, no decision.
    /// When it cannot find out, it may not.
    /// </summary>
    ValueTask<string?> WhyNotAsync(TenantState state, Incident incident, Plan plan, CancellationToken cancellationToken);
}

using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Execution;

/// <summary>
/// Events of a vendor about an action that a run has sent to it: the operation that the event names is one that was announced for this very
/// connection, and it happened while the run did.
/// </summary>
internal sealed class OperationEchoes(TenantStates states) : IEventEchoes
{
    /// <summary>How far the clocks of vendor and bot may be apart, and how long after the action an event may be made.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public async ValueTask<string?> FindAsync(
        TenantId tenant, string connection, ConnectorEvent received, CancellationToken cancellationToken)
    {
        if (received.Operation is not { } operation || RunIds.GetIncident(operation) is not { } incidentId)
            return null;
        // A run whose incident has left the state is long over.
        if ((await states.GetAsync(tenant, cancellationToken)).Find(incidentId) is not { } incident)
            return null;
        return new[] { incident.Execution, incident.Undo }.OfType<Run>().Any(run => IsOf(run, operation, connection, received))
            ? operation
            : null;
    }

    private static bool IsOf(Run run, string operation, string connection, ConnectorEvent received) =>
        run.Announced.Contains(operation)
        && RunIds.GetStep(run.ExecutionId, operation) is { } step && step < run.Plan.Steps.Count
        && run.Plan.Steps[step].Target is { } target && target.Connection == connection && IsAbout(target, received)
        && received.OccurredAt >= run.StartedAt - Slack && (run.FinishedAt is not { } end || received.OccurredAt <= end + Slack);

    /// <summary>What is about another device or user than the action was is no echo of it, whatever it carries.</summary>
    private static bool IsAbout(Target target, ConnectorEvent received) => received.Device is not { } named
        || target.Kind is "ticket" or "alert"
        || EventKeys.ShortName(named).Equals(EventKeys.ShortName(target.Name), StringComparison.OrdinalIgnoreCase);
}

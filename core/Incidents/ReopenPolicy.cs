using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Incidents;

/// <summary>What the end of an undo means for an incident that its remedy had closed. Pure.</summary>
internal static class ReopenPolicy
{
    /// <summary>
    /// Nothing stands any more of what closed it, or nobody can tell: it is somebody's to see to again, unless its alert has ended by
    /// itself.
    /// </summary>
    /// <param name="undo">As it stands when it ends with <paramref name="outcome"/>.</param>
    public static bool IsDue(TenantState state, Incident incident, Run undo, ExecutionOutcome outcome) => !incident.IsOpen && outcome switch
    {
        ExecutionOutcome.Verified => state.StillFires(incident),
        // Whether a step took effect must be looked at by a person, whatever the alert says.
        ExecutionOutcome.Unknown => true,
        // Where nothing was taken back yet, the remedy stands as it did.
        _ => undo.Steps.Any(static step => step.Outcome == StepOutcome.Applied) && state.StillFires(incident),
    };
}

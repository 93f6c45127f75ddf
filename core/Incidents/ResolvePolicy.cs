using DevOpsAI.Gates;
using DevOpsAI.Ledger;

namespace DevOpsAI.Incidents;

/// <summary>What the end of its alerts means for an incident, by how far it has come.</summary>
internal static class ResolvePolicy
{
    /// <summary>The facts to append, each with its stream; none when there is nothing to do, or nothing to do yet.</summary>
    public static IReadOnlyList<(StreamId Stream, Fact Fact)> Decide(Incident incident)
    {
        if (!incident.IsOpen || !incident.FiringAlerts.IsEmpty)
            return [];
        var closed = (StreamId.Incident(incident.Id), (Fact)new IncidentClosed(incident.Id, ClosedReasons.Resolved));
        return incident.Phase switch
        {
            // A decision was taken: it is carried out or found to have drifted, and how that ends decides (the follower looks again then).
            IncidentPhase.Approved or IncidentPhase.Executing or IncidentPhase.Undoing => [],
            // Whether a step took effect must be looked at by a person, whatever the alert says.
            IncidentPhase.Unknown => [],
            // Taking a remedy back is as meaningful without the alert as with it.
            IncidentPhase.Waiting or IncidentPhase.Snoozed when incident.Staged?.Kind == ProposalKind.Undo => [],
            // While it is being drafted too, so that whoever is about to stage it meets a conflict and looks again.
            IncidentPhase.Drafting or IncidentPhase.Waiting or IncidentPhase.Snoozed => [closed, (StreamId.Proposal(incident.Id), Withdrawn(incident))],
            _ => [closed],
        };
    }

    private static ProposalWithdrawn Withdrawn(Incident incident) =>
        new(incident.Id, incident.Staged?.Revision ?? incident.Draft?.Revision ?? 0, "The alert resolved by itself.");
}

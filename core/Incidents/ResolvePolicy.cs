using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

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
            // A decision was taken: it is carried out or found to have drifted, and how that ends decides (the subscription looks again
            // then).
            ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing => [],
            // Whether a step took effect must be looked at by a person, whatever the alert says.
            ProposalPhase.Unknown => [],
            // Taking a remedy back is as meaningful without the alert as with it.
            ProposalPhase.Waiting or ProposalPhase.Snoozed when incident.Staged?.Kind == ProposalKind.Undo => [],
            // While it is being drafted too, so that whoever is about to stage it meets a conflict and looks again.
            ProposalPhase.Drafting or ProposalPhase.Waiting or ProposalPhase.Snoozed =>
                [closed, (StreamId.Proposal(incident.Id), Withdrawn(incident))],
            _ => [closed],
        };
    }

    private static ProposalWithdrawn Withdrawn(Incident incident) =>
        new(incident.Id, incident.Staged?.Revision ?? incident.Draft?.Revision ?? 0, "The alert resolved by itself.");
}

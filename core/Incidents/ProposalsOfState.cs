using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Incidents;

/// <summary>Proposals of every kind, wherever they are kept: an incident has its own, the others are in a book.</summary>
public static class ProposalsOfState
{
    extension(TenantState state)
    {
        /// <summary>Those that belong to no incident.</summary>
        public ProposalBook Proposals => state.Get<ProposalBook>();

        public IEnumerable<Proposal> AllProposals =>
            state.Incidents.Values.Select(static incident => incident.Proposal).Concat(state.Proposals.All.Values);

        public Proposal? FindProposal(ProposalSubject subject) =>
            subject.IsIncident ? state.FindIncident(subject)?.Proposal : state.Proposals.Find(subject);

        /// <summary>The incident that a subject is; null where there is none, and for every other kind.</summary>
        public Incident? FindIncident(ProposalSubject subject) => subject.Incident is { } id ? state.Find(id) : null;
    }
}

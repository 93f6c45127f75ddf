using System.Collections.Immutable;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;

namespace DevOpsAI.Incidents;

/// <content>What is asked of its proposal most often.</content>
public sealed partial record Incident
{
    public ProposalPhase Phase => Proposal.Phase;
    public RecommendationDrafted? Draft => Proposal.Draft;
    public ProposalStaged? Staged => Proposal.Staged;
    public ImmutableArray<Decision> Decisions => Proposal.Decisions;
    public BrokenGlass? OpenGlass => Proposal.OpenGlass;
    public Run? Execution => Proposal.Execution;
    public Run? Undo => Proposal.Undo;
    public Asked? Redraft => Proposal.Redraft;
    public bool Escalated => Proposal.Escalated;
    public Unanswered? Unanswered => Proposal.Unanswered;
    public bool IsUndecided => Proposal.IsUndecided;
    public bool IsLeftToPeople => Proposal.IsLeftToPeople;
    public bool AsksAfterUndo => Proposal.AsksAfterUndo;
    public Plan PlanInForce => Proposal.PlanInForce;
    public string PlanDigest => Proposal.PlanDigest;

    public bool CanBeFrozen(DateTimeOffset at) => Proposal.CanBeFrozen(at);
}

using System.Collections.Immutable;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <content>What is asked of its proposal most often.</content>
public sealed partial record Incident
{
    public ProposalPhase Phase => Proposal.Phase;
    public RecommendationDrafted? Draft => Proposal.Draft;
    public long DraftSeq => Proposal.DraftSeq;
    public ProposalStaged? Staged => Proposal.Staged;
    public long StagedSeq => Proposal.StagedSeq;
    public DateTimeOffset StagedAt => Proposal.StagedAt;
    public ImmutableArray<Decision> Decisions => Proposal.Decisions;
    public ImmutableArray<Decision> EarlierDecisions => Proposal.EarlierDecisions;
    public ImmutableArray<BrokenGlass> BrokenGlasses => Proposal.BrokenGlasses;
    public BrokenGlass? OpenGlass => Proposal.OpenGlass;
    public Run? Execution => Proposal.Execution;
    public Run? Undo => Proposal.Undo;
    public Asked? Redraft => Proposal.Redraft;
    public int Drifts => Proposal.Drifts;
    public string? Ending => Proposal.Ending;
    public DateTimeOffset? SnoozedUntil => Proposal.SnoozedUntil;
    public bool Escalated => Proposal.Escalated;
    public (Role To, long Seq)? EscalatedTo => Proposal.EscalatedTo;
    public bool IsEscalatedAmongOthers => Proposal.IsEscalatedAmongOthers;
    public Unanswered? Unanswered => Proposal.Unanswered;
    public bool IsUndecided => Proposal.IsUndecided;
    public bool IsLeftToPeople => Proposal.IsLeftToPeople;
    public bool IsTakenBack => Proposal.IsTakenBack;
    public bool AsksAfterUndo => Proposal.AsksAfterUndo;
    public bool MustAskAgain => Proposal.MustAskAgain;
    public Plan PlanInForce => Proposal.PlanInForce;
    public string SealInForce => Proposal.SealInForce;
    public long ProposalVersion => Proposal.Version;

    public bool IsEarlier(Run undo) => Proposal.IsEarlier(undo);

    public bool CanBeUndone(DateTimeOffset at) => Proposal.CanBeUndone(at);

    public bool CanBeFrozen(DateTimeOffset at) => Proposal.CanBeFrozen(at);
}

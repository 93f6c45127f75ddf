namespace DevOpsAI.Proposals;

/// <summary>Where a proposal stands, as its card says it.</summary>
public enum ProposalPhase
{
    Drafting,
    Waiting,
    Snoozed,
    Approved,
    Executing,
    Verified,
    Failed,
    Unknown,
    Stopped,
    Rejected,
    Handled,
    Withdrawn,
    Expired,
    Undoing,
    Undone,
}

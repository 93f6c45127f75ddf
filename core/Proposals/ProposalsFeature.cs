using DevOpsAI.Ledger;

namespace DevOpsAI.Proposals;

/// <summary>What is decided about, where it has no state of its own.</summary>
internal static class ProposalsFeature
{
    public static readonly Feature Instance = new("proposals")
    {
        Slices = [StateSlice.Of<ProposalBook>("proposals", [], "proposal")],
    };
}

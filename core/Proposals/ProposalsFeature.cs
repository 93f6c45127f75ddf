using DevOpsAI.Ledger;

namespace DevOpsAI.Proposals;

/// <summary>What is decided about, the decisions, and what was carried out because of them.</summary>
internal static class ProposalsFeature
{
    public static readonly Feature Instance = new("proposals")
    {
        Entries =
        [
            EntryType.Create(
                "recommendation.drafted", ProposalsJson.Default.RecommendationDrafted,
                "A runbook, or the absence of one, was turned into a recommendation with its findings.",
                "Recommendation drafted"),
            EntryType.Create(
                "proposal.staged", ProposalsJson.Default.ProposalStaged,
                "A recommendation is put at its gate with the terms that it has to meet.",
                "Proposal put at its gate"),
            EntryType.Create(
                "proposal.decided", ProposalsJson.Default.ProposalDecided,
                "A person approved, rejected, snoozed or took over a proposal, with the digest of exactly what they saw.",
                "Gate decided",
                ProposalTitles.For),
            EntryType.Create(
                "proposal.withdrawn", ProposalsJson.Default.ProposalWithdrawn,
                "Nothing is left to decide, as when the alert ended by itself.",
                "Proposal withdrawn"),
            EntryType.Create(
                "proposal.expired", ProposalsJson.Default.ProposalExpired,
                "Nobody decided in time; nothing was done.",
                "Proposal expired without a decision"),
            EntryType.Create(
                "proposal.escalated", ProposalsJson.Default.ProposalEscalated,
                "Nobody decided in time, or nobody can: others are told too.",
                "Proposal escalated"),
            EntryType.Create(
                "proposal.returned", ProposalsJson.Default.ProposalReturned,
                "A snooze is over and the proposal waits again.",
                "Snoozed proposal returned"),
            EntryType.Create(
                "break-glass.reviewed", ProposalsJson.Default.BreakGlassReviewed,
                "Somebody says afterwards whether it was right that one person acted alone.",
                titleOf: ProposalTitles.For),
            EntryType.Create(
                "break-glass.escalated", ProposalsJson.Default.BreakGlassEscalated,
                "What one person did alone was objected to, or not confirmed in time.",
                "Broken glass escalated"),
            EntryType.Create(
                "redraft.requested", ProposalsJson.Default.RedraftRequested,
                "A person asks to look at the world again and to propose anew."),
            EntryType.Create(
                "execution.started", ProposalsJson.Default.ExecutionStarted,
                "The bot claims an approved plan and is about to carry it out.",
                "Approved plan claimed for execution"),
            EntryType.Create(
                "step.started", ProposalsJson.Default.StepStarted,
                "An action is about to be sent to a vendor; without this entry it was certainly not sent."),
            EntryType.Create(
                "step.finished", ProposalsJson.Default.StepFinished,
                "A step was acted and its effect read back.",
                "Step carried out and read back"),
            EntryType.Create(
                "execution.finished", ProposalsJson.Default.ExecutionFinished,
                "A run ended: verified, failed, unknown, stopped, or not begun because the situation had changed.",
                "Execution ended"),
            EntryType.Create(
                "undo.started", ProposalsJson.Default.UndoStarted,
                "The bot claims a plan that takes a verified execution back.",
                "Undo claimed for execution"),
            EntryType.Create("undo.finished", ProposalsJson.Default.UndoFinished, "The undo ended.", "Undo ended"),
        ],
        Streams = ["proposal"],
        Slices = [StateSlice.Create<ProposalBook>("proposals", [], "proposal")],
    };
}

using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance;

/// <summary>What the assessment log calls an entry. Deliveries of cards are bookkeeping: they are in the entries, not in the log.</summary>
internal static class LogTitles
{
    public static bool IsLogged(LedgerEntry entry) => !entry.Type.StartsWith("card.", StringComparison.Ordinal);

    public static string Of(LedgerEntry entry) => entry.Type switch
    {
        "event.received" => "Alert received",
        "incident.opened" => "Incident opened",
        "incident.closed" => "Incident closed",
        "incident.reopened" => "Incident open again",
        "incident.raised" => "Severity raised",
        "recommendation.drafted" => "Recommendation drafted",
        "proposal.staged" => "Proposal put at its gate",
        "proposal.decided" => entry.Fact switch
        {
            ProposalDecided { Owed: not null } => "Glass broken: decided by one person alone",
            ProposalDecided { Complete: false, Kind: not DecisionKind.Snooze } => "Decision given, more are needed",
            ProposalDecided { InTheNameOf: not null } => "Gate decided in the name of somebody absent",
            _ => "Gate decided",
        },
        "break-glass.reviewed" => entry.Fact is BreakGlassReviewed { Confirms: true } ? "Broken glass confirmed" : "Broken glass objected to",
        "break-glass.escalated" => "Broken glass escalated",
        "proposal.withdrawn" => "Proposal withdrawn",
        "proposal.expired" => "Proposal expired without a decision",
        "proposal.escalated" => "Proposal escalated",
        "proposal.returned" => "Snoozed proposal returned",
        "execution.started" => "Approved plan claimed for execution",
        "step.finished" => "Step carried out and read back",
        "execution.finished" => "Execution ended",
        "undo.started" => "Undo claimed for execution",
        "undo.finished" => "Undo ended",
        "role.assigned" => "Role changed",
        "channel.linked" => "Channel linked",
        "channel.unlinked" => "Channel unlinked",
        "freeze.set" => "Execution frozen",
        "change.out-of-band" => "Out-of-band change found",
        "freeze.lifted" => "Freeze lifted",
        "switch.thrown" => "Kill switch found on",
        "switch.lifted" => "Kill switch found lifted",
        _ => entry.Type,
    };
}

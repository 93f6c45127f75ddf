using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>What is written into a ticket, in words. Pure.</summary>
public static class TicketMessages
{
    /// <summary>What the vocabulary takes as a note, less what vendors add.</summary>
    private const int MaxNote = 900;
    private const int MaxTitle = 150;
    private const int MaxReason = 300;

    /// <summary>The incident that a state of its proposal, told in its ticket, is about; null for everything that is not told.</summary>
    public static IncidentId? GetIncident(Fact fact) => fact switch
    {
        ProposalStaged or ProposalDecided or ProposalExpired or ProposalWithdrawn or ExecutionStarted or ExecutionFinished
            or UndoFinished => ((ProposalFact)fact).About.Incident,
        IncidentReopened { EventId: not null } again => again.IncidentId,
        _ => null,
    };

    /// <summary>A private note on the entry; null where it is nothing to tell.</summary>
    public static string? ForNote(LedgerEntry entry, Incident incident)
    {
        var text = entry.Fact switch
        {
            ProposalStaged staged => Staged(staged, incident),
            ProposalDecided decided => Decided(decided, entry.Actor.Name),
            // Who takes a run over claims it again; that it is carried out was told.
            ExecutionStarted started when incident.Execution is { } run && run.ExecutionId == started.ExecutionId
                && run.StartedSeq < entry.Seq => null,
            ExecutionStarted started => $"being carried out ({started.ExecutionId}).",
            ExecutionFinished finished => Finished(finished.Outcome, finished.Summary, finished.RolledBack),
            UndoFinished { Outcome: ExecutionOutcome.Verified } undone => $"undone, and that was verified. {undone.Summary}",
            UndoFinished undone => $"the undo ended otherwise ({Lower(undone.Outcome)}). {undone.Summary}",
            ProposalExpired => "expired: nobody decided in time, and nothing was done.",
            ProposalWithdrawn withdrawn => $"nothing is left to decide: {withdrawn.Reason}",
            IncidentReopened => "its alert fires again.",
            _ => null,
        };
        return text is null ? null : Fit($"DevOps AI Bot, {incident.Id}: {text}", MaxNote);
    }

    /// <summary>The title of a ticket that the bot opens.</summary>
    public static string ForTitle(Incident incident) => Fit(incident.Title, MaxTitle);

    public static string Describe(TicketOrigin origin) => origin switch
    {
        TicketOrigin.Opened => "opened by the bot",
        TicketOrigin.Reference => "found by the bot's reference in it",
        _ => "the only open ticket of this device that names the alert",
    };

    public static string Describe(TicketWrite what) => what switch
    {
        TicketWrite.Open => "opening a ticket",
        TicketWrite.Time => "time entry",
        TicketWrite.Resolve => "closing the ticket",
        _ => "note",
    };

    public static string Describe(TicketOutcome outcome) => outcome switch
    {
        TicketOutcome.Done => "done.",
        TicketOutcome.Refused => "refused.",
        TicketOutcome.Unknown => "not known whether it was written, so not written again.",
        _ => "given up.",
    };

    /// <summary>On one line, without what templates and terminals read, and bounded.</summary>
    internal static string Fit(string text, int length)
    {
        var words = text.Replace('{', '(').Replace('}', ')').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var line = string.Concat(string.Join(' ', words).Where(static letter => !char.IsControl(letter)));
        if (line.Length <= length)
            return line.Length > 0 ? line : "-";
        return line[..(char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1)] + "…";
    }

    private static string Staged(ProposalStaged staged, Incident incident)
    {
        var steps = Fit(string.Join("; ", staged.Plan.Steps.Select(static step => step.Title)), MaxReason);
        return staged switch
        {
            { Kind: ProposalKind.Undo } => $"taking it back is proposed ({staged.Terms.Level}): {steps}.",
            { Terms.Level: GateLevel.L3 } or { Plan.Steps.Count: 0 } => $"for a person to do: {incident.Draft?.Summary ?? incident.Title}",
            _ => $"proposed ({staged.Terms.Level}, revision {staged.Revision}): {steps}.",
        };
    }

    private static string Decided(ProposalDecided decided, string by)
    {
        var who = decided.InTheNameOf is { } absent ? $"{by} in the name of {absent.Name}" : by;
        var reason = decided.Reason is { Length: > 0 } said ? $": {Fit(said, MaxReason)}" : ".";
        var what = decided.Kind switch
        {
            DecisionKind.Approve or DecisionKind.ApproveWithEdits when !decided.Complete => "approved, and another approval is needed, by",
            DecisionKind.Approve => "approved by",
            DecisionKind.ApproveWithEdits => "approved with edits by",
            DecisionKind.Reject => "rejected by",
            DecisionKind.Snooze => "snoozed by",
            _ => "seen to outside the bot by",
        };
        return $"{what} {who}{reason}";
    }

    private static string Finished(ExecutionOutcome outcome, string summary, bool rolledBack) => outcome switch
    {
        ExecutionOutcome.Verified => $"verified: {summary}",
        ExecutionOutcome.Failed when rolledBack => $"failed, and what had been done was taken back: {summary}",
        ExecutionOutcome.Failed => $"failed: {summary}",
        ExecutionOutcome.Unknown => $"nobody can tell whether it took effect; a person looks: {summary}",
        ExecutionOutcome.Drifted => $"not begun, since the situation has changed: {summary}",
        _ => $"stopped: {summary}",
    };

    private static string Lower(ExecutionOutcome outcome) => outcome.ToString().ToLowerInvariant();
}

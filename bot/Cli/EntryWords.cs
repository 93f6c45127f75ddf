using System.Globalization;
using DevOpsAI.Bot.Views;
using DevOpsAI.Completeness;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tickets;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// Says what an entry records, in words for people: as its feature does, else as is known here of the core's entries. Plain text: whoever
/// shows it sees to what may not be shown.
/// </summary>
internal static class EntryWords
{
    public static string For(LedgerEntry entry, EntryCatalog catalog) =>
        catalog.GetLine(entry) ?? OfIncident(entry.Fact) ?? OfProposal(entry.Fact) ?? OfMessage(entry.Fact) ?? OfClient(entry.Fact)
        ?? entry.Type;

    private static string? OfIncident(Fact fact) => fact switch
    {
        EventReceived { Status: EventStatus.Resolved } over => $"Alert is over: {over.Kind}{On(over.Device)}",
        EventReceived alert =>
            $"Alert: {alert.Title} ({Word(alert.Severity)}, {alert.Kind}{On(alert.Device)}{(alert.Simulated ? ", simulated" : "")})",
        IncidentOpened opened => $"Opened, {Word(opened.Severity)}{On(opened.Device)}",
        IncidentRaised raised => $"Severity raised from {Word(raised.From)} to {Word(raised.To)}",
        IncidentClosed closed => $"Closed: {closed.Reason}",
        IncidentReopened { EventId: not null } => "Opened again: its alert fires again, after it had ended by itself",
        IncidentReopened => "Opened again: what was done was taken back, and its alert fires",
        OutOfBandChange change =>
            $"Done at the vendor without a decision: {change.Action} on {change.Target.Name} by {change.By}. {change.Why}",
        _ => null,
    };

    private static string? OfProposal(Fact fact) => fact switch
    {
        RecommendationDrafted { Drafter: RecommendationDrafted.NoRunbook or RecommendationDrafted.AfterUndo } draft =>
            $"Draft {draft.Revision}, {Labels.Drafter(draft)}: {draft.Summary}",
        RecommendationDrafted draft => $"Draft {draft.Revision} {Labels.Drafter(draft)}: {draft.Summary}",
        ProposalStaged staged => $"{(staged.Kind == ProposalKind.Undo ? "Undo" : "Plan")} {staged.Revision} {Gate(staged.Terms)}",
        ProposalDecided decided =>
            $"{Labels.Decision(decided)}{InTheNameOf(decided.InTheNameOf)}"
            + $"{(decided.Complete || decided.Kind == DecisionKind.Snooze ? "" : ", more must agree")}"
            + $"{(decided.Until is { } until ? $" until {Time(until)}" : "")}{Because(decided.Reason)}",
        ProposalExpired => "Expired: nobody decided in time",
        ProposalEscalated escalated => $"Escalated to {Word(escalated.To)}{Because(escalated.Reason)}",
        ProposalReturned => "The snooze is over",
        ProposalWithdrawn withdrawn => $"Plan withdrawn: {withdrawn.Reason}",
        RedraftRequested => "A new draft was asked for",
        BreakGlassReviewed said => $"{(said.Confirms ? "Confirmed" : "Objected to")} what was approved alone{Because(said.Reason)}",
        BreakGlassEscalated escalated => $"Approved alone and not confirmed: told to {Word(escalated.To)}. {escalated.Reason}",
        ExecutionStarted => "Began to carry out the plan",
        UndoStarted => "Began to take it back",
        StepStarted step => $"{Step(step.Step, step.Rollback)} is about to be sent",
        StepFinished step => $"{Step(step.Step, step.Rollback)}: {Word(step.Outcome)}. {step.Detail}",
        ExecutionFinished finished =>
            $"Outcome: {Word(finished.Outcome)}{(finished.RolledBack ? ", rolled back" : "")}. {finished.Summary}"
            + $"{Changes(finished.Changes)}",
        UndoFinished finished => $"Outcome of the undo: {Word(finished.Outcome)}. {finished.Summary}{Changes(finished.Changes)}",
        _ => null,
    };

    private static string? OfMessage(Fact fact) => fact switch
    {
        TicketClaimed claimed => $"Ticket {claimed.TicketId} of {claimed.Connection} is this incident's alone",
        TicketWriting writing => $"{Word(writing.What)} is about to be written into {writing.Connection}",
        CardSending => "The card is about to be posted",
        CardPosted => "The card was posted",
        CardUpdated updated => $"The card was updated, up to entry {updated.ShownSeq}",
        NoticeSending notice => $"A notice about entry {notice.AboutSeq} is about to be posted",
        MessageSent sent => $"Message ({sent.Purpose}): {Word(sent.Outcome)}",
        DigestSending digest => $"The digest up to entry {digest.Through} is about to be posted",
        _ => null,
    };

    private static string? OfClient(Fact fact) => fact switch
    {
        FreezeSet set => $"Stopped execution{Because(set.Reason)}",
        FreezeLifted lifted => $"Let execution go on{Because(lifted.Reason)}",
        SwitchThrown thrown => $"The kill switch is on: {thrown.Why}",
        SwitchLifted thrown => $"The kill switch is lifted; it was on since {Time(thrown.Since)}",
        RoleAssigned role => $"{(role.Held ? "Gave" : "Took")} {role.Name} {(role.Held ? "the role" : "off the role")} {Word(role.Role)}",
        AbsenceSet absence =>
            $"{absence.Name} is away until {Time(absence.Until)}{(absence.DelegateName is { } other ? $", {other} decides instead" : "")}",
        AbsenceEnded absence => $"{absence.Name} is back",
        ChannelLinked linked => $"Linked {linked.Channel.Name ?? "a conversation"}{(linked.Escalation ? " for escalations" : "")}",
        ChannelUnlinked unlinked => $"Unlinked a conversation: {unlinked.Reason}",
        ErasureRequested asked => $"Asked to erase what is encrypted under {asked.Key}{Because(asked.Reason)}",
        ErasureApproved approved => $"Agreed to erase what is encrypted under {approved.Key}",
        ErasureCompleted erased => $"Erased: {erased.Key} is destroyed",
        KeyRotated => "The client's key was renewed",
        LedgerHeartbeat => "Nothing else for a while; the bot was running",
        WebhookReceipts counted =>
            $"Deliveries over {counted.Connection}: {counted.Accepted} accepted, {counted.New} new events, {counted.Duplicates} known "
            + $"before, {counted.Refused.Values.Sum()} refused",
        ConnectionExpected expected => $"Events are expected over {expected.Connection} from now on",
        ConnectionStale silent => $"{silent.Connection} has been silent since {Time(silent.LastHeard)}",
        ConnectionRecovered heard => $"{heard.Connection} is heard again",
        PollAdvanced poll =>
            $"Read the log of {poll.Connection}: {poll.Found} {(poll.Found == 1 ? "line" : "lines")}, {poll.Ours.Count} of them "
            + $"ours{(poll.Gap ? ", some may be missed" : "")}",
        _ => null,
    };

    private static string Gate(GateTerms terms) => terms.Level switch
    {
        GateLevel.L2 => $"waits for {terms.Approvals} {(terms.Approvals == 1 ? "approval" : "approvals")} until {Time(terms.ExpiresAt)}",
        GateLevel.L3 => "is for people only",
        _ => "may run without asking",
    };

    private static string Changes(IReadOnlyList<Change> changes) =>
        string.Concat(changes.Select(static change => $" {change.What}: was {change.Was}, now {change.Now}."));

    private static string Step(int step, bool rollback) =>
        $"{(rollback ? "Taking back step" : "Step")} {(step + 1).ToString(CultureInfo.InvariantCulture)}";

    private static string On(string? device) => device is null ? "" : $" {EventKeys.Preposition(device)} {device}";

    private static string InTheNameOf(Actor? absent) => absent is null ? "" : $" in the name of {absent.Name}";

    private static string Because(string? reason) => reason is { Length: > 0 } ? $": {reason}" : "";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>As in <c>not sent</c>.</summary>
    private static string Word<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString()
            .SelectMany(static (letter, index) => index > 0 && char.IsUpper(letter) ? [' ', letter] : new[] { letter })).ToLowerInvariant();
}

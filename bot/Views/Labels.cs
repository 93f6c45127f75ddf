using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>
/// How views word what the ledger knows. Results are ours, except where names are filled in; those are escaped by whoever shows them.
/// </summary>
internal static class Labels
{
    public static (string Word, Tone Tone) For(Incident incident) => incident.Phase switch
    {
        ProposalPhase.Drafting when incident.IsToBeDraftedAnew => ("Fires again – drafting anew", Tone.Warning),
        ProposalPhase.Drafting when incident.Redraft is not null => ("Drafting again", Tone.Accent),
        ProposalPhase.Drafting when incident.Execution is not null => ("Changed since approval – drafting again", Tone.Warning),
        ProposalPhase.Waiting or ProposalPhase.Undone when incident.AsksAfterUndo =>
            ($"Taken back, still firing{(incident.Escalated ? " – escalated" : "")}", Tone.Attention),
        ProposalPhase.Waiting when incident.Unanswered is not null =>
            ($"Expired, {(incident.FiringAlerts.IsEmpty ? "still open" : "still firing")}{(incident.Escalated ? " – escalated" : "")}",
                Tone.Attention),
        ProposalPhase.Expired when incident.Proposal.MustAskAgain => ("Expired – asking again", Tone.Warning),
        _ => For(incident.Proposal),
    };

    /// <summary>How a proposal stands, whatever it is about.</summary>
    public static (string Word, Tone Tone) For(Proposal proposal) => proposal.Phase switch
    {
        ProposalPhase.Drafting => ("Drafting", Tone.Default),
        ProposalPhase.Waiting when proposal is { Escalated: true, Staged.Terms.Level: GateLevel.L3 } =>
            ("Waiting for a person – escalated", Tone.Attention),
        ProposalPhase.Waiting when proposal.Staged is { Terms.Level: GateLevel.L3 } => ("Waiting for a person", Tone.Warning),
        ProposalPhase.Waiting when proposal.Escalated => ("Waiting – escalated", Tone.Attention),
        ProposalPhase.Waiting => ("Waiting for a decision", Tone.Warning),
        ProposalPhase.Snoozed => ("Snoozed", Tone.Default),
        ProposalPhase.Approved => ("About to run", Tone.Accent),
        ProposalPhase.Executing => ("Running", Tone.Accent),
        // Nothing was done at a vendor that could be read back: its area has it on record.
        ProposalPhase.Verified when proposal.Execution is { Plan.Steps.Count: 0 } => ("Done", Tone.Good),
        ProposalPhase.Verified => ("Verified", Tone.Good),
        ProposalPhase.Failed => ("Failed", Tone.Attention),
        ProposalPhase.Unknown => ("Outcome unknown – a person must look", Tone.Attention),
        ProposalPhase.Stopped => ("Stopped", Tone.Attention),
        ProposalPhase.Rejected => ("Rejected – nothing was done", Tone.Default),
        ProposalPhase.Handled => ("Handled by a person", Tone.Good),
        ProposalPhase.Withdrawn => ("Withdrawn – nothing left to decide", Tone.Default),
        ProposalPhase.Expired => ("Expired – nothing was done", Tone.Warning),
        ProposalPhase.Undoing => ("Taking it back", Tone.Accent),
        _ => ("Taken back", Tone.Default),
    };

    /// <summary>The state in as few words as the card's buttons leave to be said.</summary>
    public static string Badge(ProposalView view) =>
        view.Proposal is { Phase: ProposalPhase.Waiting, Unanswered: null, Escalated: false, Staged.Terms.Level: not GateLevel.L3 }
            ? "Waiting"
            : view.Standing.Word;

    public static Tone For(Severity severity) => severity switch
    {
        Severity.Critical or Severity.Error => Tone.Attention,
        Severity.Warning => Tone.Warning,
        _ => Tone.Default,
    };

    /// <summary>The level with its name.</summary>
    public static string Level(GateLevel level) => level switch
    {
        GateLevel.L0 => "L0 · Automatic",
        GateLevel.L1 => "L1 · Execute and notify",
        GateLevel.L3 => "L3 · Human only",
        _ => "L2 · Approve to proceed",
    };

    public static string Gate(GateTerms terms) => terms.Level switch
    {
        not GateLevel.L2 => Level(terms.Level),
        _ => $"{Level(terms.Level)} ({Count(terms.Approvals, terms.ApproverRole)}{(terms.NotTheRequester ? ", not the requester" : "")})",
    };

    /// <summary>How it was drafted, for the middle of a sentence. A drafter's name is outside text.</summary>
    public static string Drafter(RecommendationDrafted draft) => draft.Drafter switch
    {
        RecommendationDrafted.NoRunbook => "without a runbook",
        RecommendationDrafted.AfterUndo => RecommendationDrafted.AfterUndo,
        var name => $"by {name}",
    };

    public static string Decision(ProposalDecided decided) =>
        decided.Owed is null ? Decision(decided.Kind) : "Approved alone (glass broken)";

    public static string Decision(DecisionKind kind) => kind switch
    {
        DecisionKind.Approve => "Approved",
        DecisionKind.ApproveWithEdits => "Approved with edits",
        DecisionKind.Reject => "Rejected",
        DecisionKind.Snooze => "Snoozed",
        _ => "Marked as handled",
    };

    public static string Who(Actor actor) => actor.Kind switch
    {
        ActorKind.Service => $"the bot ({actor.Id})",
        ActorKind.Connection => $"connection {actor.Id}",
        // A person may call themselves what we call ourselves.
        _ => IsOurs(actor.Name) ? $"“{actor.Name}”" : actor.Name,
    };

    private static bool IsOurs(string name) =>
        name.StartsWith("the bot", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("connection ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Who decided, and in whose name if not their own; escaped for text runs.</summary>
    public static string Decider(Decision decision) =>
        SanitizedText.Name(Who(decision.By))
        + (decision.Fact.InTheNameOf is { } absent ? $" in the name of {SanitizedText.Name(absent.Name)}" : "");

    /// <summary>What the incident is about: as its runbook says, else as its events do.</summary>
    public static string Thing(Incident incident) => (incident.Draft?.TargetKind, incident.RecentEvents) switch
    {
        ({ Length: > 0 } kind, _) => $"{char.ToUpperInvariant(kind[0])}{kind[1..]}",
        (_, { IsEmpty: false } events) when events.All(recent => recent.Event.AboutUser == true) => "User",
        _ => "Device",
    };

    /// <summary>For plain text, where nobody works out dates; a view says it in a <see cref="Wording"/>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalMinutes: < 119.5 } => $"{Math.Round(span.TotalMinutes)} min",
        { TotalHours: < 47.5 } => $"{Math.Round(span.TotalHours)} h",
        _ => $"{Math.Round(span.TotalDays)} days",
    };

    public static string Events(int count) => count == 1 ? "1 event" : $"{count} events";

    public static string Incidents(int count) => count == 1 ? "1 incident" : $"{count} incidents";

    private static string Count(int approvals, Role role) => (approvals, role) switch
    {
        ( <= 1, Role.Approver) => "one approver",
        ( <= 1, _) => $"one {role.ToString().ToLowerInvariant()} or above",
        (_, Role.Approver) => $"{approvals} approvers",
        _ => $"{approvals} people ({role.ToString().ToLowerInvariant()} or above)",
    };
}

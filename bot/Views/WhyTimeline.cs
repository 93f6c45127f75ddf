using DevOpsAI.Connections.Plans;
using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Views;

/// <summary>A line of the story.</summary>
/// <param name="About">Ours: what the line is about.</param>
/// <param name="Message">With outside text in it; shown literally.</param>
/// <param name="Seq">The entry that proves it; null where it follows from all of them.</param>
internal readonly record struct TimelineLine(string About, Wording Message, long? Seq = null, Tone Tone = Tone.Default);

/// <summary>
/// An incident in five lines, as one technician tells it to another: who decided when and why, what was reported and proposed, what was
/// done, how it ended, and what is open now. Of several rounds the last one is told, and that there were others. Pure.
/// </summary>
internal static class WhyTimeline
{
    private const int MaxNamed = 3;

    /// <param name="trail">The incident's entries, in the order of the ledger.</param>
    public static IReadOnlyList<TimelineLine> For(IncidentView view, IReadOnlyList<LedgerEntry> trail) =>
        [Decided(view, trail), Reported(view, trail), Done(view), Ended(view, trail), OpenNow(view)];

    private static TimelineLine Reported(IncidentView view, IReadOnlyList<LedgerEntry> trail)
    {
        var incident = view.Incident;
        var where = incident.Opened.Device is { Length: > 0 } device && !NameSearch.Names(incident.Title, device)
            ? $" {EventKeys.Preposition(device)} {SanitizedText.Name(device, 60)}"
            : "";
        var events = incident.EventCount > 1 ? $", {Labels.Events(incident.EventCount)} so far" : "";
        var what = SanitizedText.Plain(incident.Title, 160) + where;
        var severity = incident.Severity.ToString().ToLowerInvariant();
        return new(
            "Asked for",
            $"{what} ({severity}, reported {incident.OpenedAt}{events}). {Proposed(view, trail)}",
            incident.Proposal.StagedSeq > 0 ? incident.Proposal.StagedSeq : incident.OpenedSeq);
    }

    private static string Proposed(IncidentView view, IReadOnlyList<LedgerEntry> trail)
    {
        var incident = view.Incident;
        // The question that follows an undo proposes nothing.
        var revisions = trail.Count(static entry => entry.Fact is RecommendationDrafted { Drafter: not RecommendationDrafted.AfterUndo });
        var times = revisions > 1 ? $", drafted {revisions} times" : "";
        if (Remedy(view, trail) is { Plan.Steps: { Count: > 0 } steps })
            return $"Proposed{times}: {Titles(steps)}.";
        return incident.Draft switch
        {
            null => "Nothing is proposed yet.",
            { Problem: { Length: > 0 } problem } => $"Nothing could be proposed: {Stop(problem)}",
            var draft => $"No plan that the bot could carry out: {Stop(draft.Summary)}",
        };
    }

    private static TimelineLine Decided(IncidentView view, IReadOnlyList<LedgerEntry> trail)
    {
        var incident = view.Incident;
        var decisions = incident.Proposal.EarlierDecisions.AddRange(incident.Decisions);
        if (!decisions.IsEmpty && (incident.Execution is not { Unattended: true } || decisions[^1].Seq > incident.Execution.StartedSeq))
        {
            var told = Wording.Join("; ", decisions.TakeLast(MaxNamed).Select(Decision));
            return new(
                "Decided", $"{told}{(decisions[^1].Fact.Reason is { Length: > 0 } ? "" : ".")}{StillWaits(view)}", decisions[^1].Seq);
        }
        if (Remedy(view, trail) is { Terms.Level: GateLevel.L0 or GateLevel.L1 } automatic)
            return new(
                "Decided", $"Nobody was asked, as the gate policy says ({Labels.Gate(automatic.Terms)}). {Because(automatic)}",
                incident.Execution?.StartedSeq);
        if (incident is { Phase: ProposalPhase.Expired } or { Unanswered: not null })
            return new(
                "Decided", $"Nobody decided in time, so nothing was done.{StillWaits(view)}", incident.Unanswered?.Seq, Tone.Warning);
        return incident.IsUndecided
            ? new("Decided", $"Nobody has decided yet.{StillWaits(view)}", null, Tone.Warning)
            : new(
                "Decided",
                Wording.From(incident.Proposal.Ending is { Length: > 0 } why
                    ? $"Nobody had to decide: {Stop(why)}"
                    : "Nobody had to decide."));
    }

    private static Wording Decision(Decision decision)
    {
        var until = decision.Fact is { Kind: DecisionKind.Snooze, Until: { } back } ? After(" until ", back) : Wording.Empty;
        var reason = decision.Fact.Reason is { Length: > 0 } said ? $": “{SanitizedText.Plain(said, 200)}”" : "";
        return $"{Labels.Decision(decision.Fact)} by {Labels.Decider(decision)}, {decision.At}{until}{reason}";
    }

    private static string Because(ProposalStaged staged) => staged.Terms.Reasons.Count > 0 ? Stop(staged.Terms.Reasons[0]) : "";

    private static Wording StillWaits(IncidentView view)
    {
        if (!view.Incident.IsUndecided || view.Incident.Proposal.ExpiresAt is not { } until)
            return Wording.Empty;
        if (view.Incident.AsksAfterUndo)
            return $" What happens instead waits for an answer until {until}.";
        if (view.Incident.Staged is { Kind: ProposalKind.Undo })
            return $" Taking it back waits for a decision until {until}.";
        return $" It waits until {until}.";
    }

    private static TimelineLine Done(IncidentView view)
    {
        if (view.Incident.Execution is not { } run)
            return new("Done", Wording.From("Nothing was carried out."));
        if (run.Outcome is null)
            return new("Done", $"{Titles(run.Plan.Steps)}: running since {run.StartedAt}.", run.StartedSeq, Tone.Accent);
        if (run.Outcome == ExecutionOutcome.Drifted)
            return new("Done", $"Nothing ran, because something had changed: {Changes(run)}.", run.StartedSeq, Tone.Warning);
        var applied = run.Steps.Count(static step => step is { Rollback: false, Outcome: StepOutcome.Applied });
        var part = applied == run.Plan.Steps.Count ? "" : $" ({applied} of {run.Plan.Steps.Count} steps)";
        var changes = run.Changes.IsDefaultOrEmpty ? "" : $" {Changes(run)}.";
        return new("Done", $"{Titles(run.Plan.Steps)}{part}, {run.StartedAt}.{changes}", run.StartedSeq);
    }

    private static TimelineLine Ended(IncidentView view, IReadOnlyList<LedgerEntry> trail)
    {
        var incident = view.Incident;
        if (incident.Undo is { Outcome: { } undone } undo && !incident.Proposal.IsEarlier(undo))
            return new(
                "Ended", Undone(view, trail, undo, undone), GetSeq<UndoFinished>(trail),
                undone == ExecutionOutcome.Verified && !incident.IsOpen ? Tone.Good : Tone.Attention);
        if (incident.Execution is { Outcome: { } outcome } run)
        {
            var at = After(", ", run.FinishedAt);
            var tone = outcome == ExecutionOutcome.Verified ? Tone.Good : Tone.Attention;
            return new("Ended", $"{Outcome(outcome, run.RolledBack)}{at}.{Describe(run.Summary)}", GetSeq<ExecutionFinished>(trail), tone);
        }
        var (word, shown) = Labels.For(incident);
        return incident.IsOpen
            ? new("Ended", Wording.From("Not ended yet."))
            : new("Ended", $"{word}{After(", ", incident.ClosedAt)}.", GetSeq<IncidentClosed>(trail), shown);
    }

    private static Wording Undone(
        IncidentView view, IReadOnlyList<LedgerEntry> trail, DevOpsAI.Proposals.Run undo, ExecutionOutcome outcome)
    {
        var asked = trail.Select(static entry => entry.Fact)
            .OfType<ProposalStaged>()
            .LastOrDefault(static staged => staged.Kind == ProposalKind.Undo);
        var by = asked is null ? "" : $", as {SanitizedText.Name(Labels.Who(asked.Requester), 60)} asked";
        var at = After(", ", undo.FinishedAt);
        if (outcome == ExecutionOutcome.Verified)
            return $"Taken back{by}{at}.{(undo.Changes.IsDefaultOrEmpty ? "" : $" {Changes(undo)}.")}";
        return $"Taking it back{by} did not succeed{at}.{Describe(undo.Summary)}";
    }

    private static TimelineLine OpenNow(IncidentView view)
    {
        var incident = view.Incident;
        List<Wording> open = [];
        if (view.Freeze is not null && incident.IsOpen)
            open.Add($"The client is frozen: nothing is approved or runs.");
        if (incident.OpenGlass is { } broken)
            open.Add($"{broken.Missing} more must confirm that {SanitizedText.Name(Labels.Who(broken.By), 60)} was right to act alone.");
        if (incident.AsksAfterUndo)
            open.Add($"Its alert fires and nothing has been done about it: a person says what happens instead.");
        if (incident.IsUndecided)
            open.Add($"A decision{(view.Deciders is { } who ? $", by {who}" : "")}.");
        else if (incident.IsLeftToPeople)
            open.Add($"A person must see to it and mark it as handled{(view.Deciders is { } who ? $": {who}" : "")}.");
        else if (incident.IsOpen)
            open.Add($"{Labels.For(incident).Word}.");
        if (incident is { Phase: ProposalPhase.Verified, Execution.UndoUntil: { } until } && until > view.Now)
            open.Add($"It can be taken back until {until}.");
        if (!incident.IsOpen && !incident.FiringAlerts.IsEmpty)
        {
            var alerts = incident.FiringAlerts.Count == 1 ? "Its alert has" : $"{incident.FiringAlerts.Count} of its alerts have";
            open.Add($"{alerts} not been reported as over.");
        }
        return new("Open now", open.Count == 0 ? Wording.From("Nothing.") : Wording.Join(" ", open));
    }

    /// <summary>
    /// The terms of what was carried out, also while a person who took it back is asked what happens instead; where nothing was, of what
    /// was proposed last.
    /// </summary>
    private static ProposalStaged? Remedy(IncidentView view, IReadOnlyList<LedgerEntry> trail)
    {
        var incident = view.Incident;
        var staged = trail.Select(static entry => entry.Fact)
            .OfType<ProposalStaged>()
            .Where(static one => one.Kind == ProposalKind.Remedy)
            .ToList();
        var isAboutTheRun = incident.Execution is not null && (!incident.IsUndecided || incident.AsksAfterUndo);
        var ran = isAboutTheRun ? trail.Select(static entry => entry.Fact).OfType<ExecutionStarted>().LastOrDefault()?.Revision : null;
        return staged.FindLast(one => one.Revision == ran) ?? staged.LastOrDefault();
    }

    private static string Titles(IReadOnlyList<PlanStep> steps)
    {
        var told = string.Join(", then ", steps.Take(MaxNamed).Select(Title));
        return steps.Count > MaxNamed ? $"{told}, and {steps.Count - MaxNamed} more steps" : told;
    }

    /// <summary>What a step does and where, which most titles say themselves.</summary>
    internal static string Title(PlanStep step)
    {
        var target = step.Target.Name;
        var where = NameSearch.Names(step.Title, target) ? "" : $" {EventKeys.Preposition(target)} {SanitizedText.Name(target, 60)}";
        return SanitizedText.Plain(step.Title, 100) + where;
    }

    private static string Changes(DevOpsAI.Proposals.Run run)
    {
        var told = string.Join(
            "; ", run.Changes.Take(MaxNamed).Select(static change => ObservationWords.Changed(change.What, change.Was, change.Now)));
        return run.Changes.Length > MaxNamed ? $"{told}; and {run.Changes.Length - MaxNamed} more" : told;
    }

    private static string Outcome(ExecutionOutcome outcome, bool rolledBack) => outcome switch
    {
        ExecutionOutcome.Verified => "Verified by reading back",
        ExecutionOutcome.Failed => rolledBack ? "Failed, and what had been done was rolled back" : "Failed",
        ExecutionOutcome.Unknown => "Nobody can tell whether it took effect",
        ExecutionOutcome.Drifted => "Not begun",
        _ => "Stopped",
    };

    private static long? GetSeq<TFact>(IReadOnlyList<LedgerEntry> trail) where TFact : Fact =>
        trail.LastOrDefault(static entry => entry.Fact is TFact)?.Seq;

    private static Wording After(string ours, DateTimeOffset? at)
    {
        if (at is not { } instant)
            return Wording.Empty;
        return $"{ours}{instant}";
    }

    private static string Describe(string? text) => text is { Length: > 0 } ? $" {Stop(text)}" : "";

    private static string Stop(string text) =>
        SanitizedText.Plain(text, 240).TrimEnd() is var plain && (plain.Length == 0 || plain[^1] is '.' or '!' or '?')
            ? plain
            : $"{plain}.";
}

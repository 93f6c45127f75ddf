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
/// What is decided about in five lines, as one technician tells it to another: who decided when and why, what was reported or asked for and
/// proposed, what was done, how it ended, and what is open now. Of several rounds the last one is told, and that there were others. Pure.
/// </summary>
internal static class WhyTimeline
{
    private const int MaxNamed = 3;

    /// <param name="trail">Its entries, in the order of the ledger.</param>
    public static IReadOnlyList<TimelineLine> For(ProposalView view, IReadOnlyList<LedgerEntry> trail) =>
        [Decided(view, trail), Asked(view, trail), Done(view), Ended(view, trail), OpenNow(view)];

    private static TimelineLine Asked(ProposalView view, IReadOnlyList<LedgerEntry> trail) => view switch
    {
        IncidentView incident => Reported(incident, trail),
        SubjectCardView { Shown: { } shown } when trail.FirstOrDefault(static entry => entry.Fact is ProposalStaged) is { } asked => new(
            "Asked for",
            $"{SanitizedText.Plain(shown.Title, 160)} (by {SanitizedText.Name(Labels.Who(asked.Actor), 60)}, {asked.At}). "
            + $"{Stop(shown.Effect)}",
            asked.Seq),
        _ => new("Asked for", $"{SanitizedText.Plain(view.Title, 160)}."),
    };

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

    private static TimelineLine Decided(ProposalView view, IReadOnlyList<LedgerEntry> trail)
    {
        var proposal = view.Proposal;
        var decisions = proposal.EarlierDecisions.AddRange(proposal.Decisions);
        if (!decisions.IsEmpty && (proposal.Execution is not { Unattended: true } || decisions[^1].Seq > proposal.Execution.StartedSeq))
        {
            var told = Wording.Join("; ", decisions.TakeLast(MaxNamed).Select(Decision));
            return new(
                "Decided", $"{told}{(decisions[^1].Fact.Reason is { Length: > 0 } ? "" : ".")}{StillWaits(view)}", decisions[^1].Seq);
        }
        if (Remedy(view, trail) is { Terms.Level: GateLevel.L0 or GateLevel.L1 } automatic)
            return new(
                "Decided", $"Nobody was asked, as the gate policy says ({Labels.Gate(automatic.Terms)}). {Because(automatic)}",
                proposal.Execution?.StartedSeq);
        if (proposal is { Phase: ProposalPhase.Expired } or { Unanswered: not null })
            return new(
                "Decided", $"Nobody decided in time, so nothing was done.{StillWaits(view)}", proposal.Unanswered?.Seq, Tone.Warning);
        return proposal.IsUndecided
            ? new("Decided", $"Nobody has decided yet.{StillWaits(view)}", null, Tone.Warning)
            : new(
                "Decided",
                Wording.From(proposal.Ending is { Length: > 0 } why
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

    private static Wording StillWaits(ProposalView view)
    {
        if (!view.Proposal.IsUndecided || view.Proposal.ExpiresAt is not { } until)
            return Wording.Empty;
        if (view.Proposal.AsksAfterUndo)
            return $" What happens instead waits for an answer until {until}.";
        if (view.Proposal.Staged is { Kind: ProposalKind.Undo })
            return $" Taking it back waits for a decision until {until}.";
        return $" It waits until {until}.";
    }

    private static TimelineLine Done(ProposalView view)
    {
        if (view.Proposal.Execution is not { } run)
            return new("Done", Wording.From("Nothing was carried out."));
        // Nothing is done at a vendor: its area records that it is so.
        if (run.Plan.Steps.Count == 0 && run.Outcome is null)
            return new("Done", $"Being put on record since {run.StartedAt}.", run.StartedSeq, Tone.Accent);
        if (run.Plan.Steps.Count == 0)
            return run.Outcome == ExecutionOutcome.Verified
                ? new("Done", $"Put on record, {run.StartedAt}.", run.StartedSeq)
                : new("Done", $"Nothing was put on record.", run.StartedSeq, Tone.Warning);
        if (run.Outcome is null)
            return new("Done", $"{Titles(run.Plan.Steps)}: running since {run.StartedAt}.", run.StartedSeq, Tone.Accent);
        if (run.Outcome == ExecutionOutcome.Drifted)
            return new("Done", $"Nothing ran, because something had changed: {Changes(run)}.", run.StartedSeq, Tone.Warning);
        var applied = run.Steps.Count(static step => step is { Rollback: false, Outcome: StepOutcome.Applied });
        var part = applied == run.Plan.Steps.Count ? "" : $" ({applied} of {run.Plan.Steps.Count} steps)";
        var changes = run.Changes.IsDefaultOrEmpty ? "" : $" {Changes(run)}.";
        return new("Done", $"{Titles(run.Plan.Steps)}{part}, {run.StartedAt}.{changes}", run.StartedSeq);
    }

    private static TimelineLine Ended(ProposalView view, IReadOnlyList<LedgerEntry> trail)
    {
        var proposal = view.Proposal;
        var isOpen = view is IncidentView { Incident.IsOpen: true };
        if (proposal.Undo is { Outcome: { } undone } undo && !proposal.IsEarlier(undo))
            return new(
                "Ended", Undone(view, trail, undo, undone), GetSeq<UndoFinished>(trail),
                undone == ExecutionOutcome.Verified && !isOpen ? Tone.Good : Tone.Attention);
        if (proposal.Execution is { Outcome: { } outcome } run)
        {
            var at = After(", ", run.FinishedAt);
            var tone = outcome == ExecutionOutcome.Verified ? Tone.Good : Tone.Attention;
            return new("Ended", $"{Outcome(outcome, run.RolledBack)}{at}.{Describe(run.Summary)}", GetSeq<ExecutionFinished>(trail), tone);
        }
        if (view is IncidentView ? isOpen : proposal.IsPending)
            return new("Ended", Wording.From("Not ended yet."));
        var (word, shown) = view.Standing;
        return view is IncidentView { Incident.ClosedAt: var closed }
            ? new("Ended", $"{word}{After(", ", closed)}.", GetSeq<IncidentClosed>(trail), shown)
            : new("Ended", $"{word}.", null, shown);
    }

    private static Wording Undone(
        ProposalView view, IReadOnlyList<LedgerEntry> trail, DevOpsAI.Proposals.Run undo, ExecutionOutcome outcome)
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

    private static TimelineLine OpenNow(ProposalView view)
    {
        var proposal = view.Proposal;
        var incident = (view as IncidentView)?.Incident;
        List<Wording> open = [];
        if (view.Freeze is not null && (incident?.IsOpen ?? view.CanBeFrozen))
            open.Add($"The client is frozen: nothing is approved or runs.");
        if (proposal.OpenGlass is { } broken)
            open.Add($"{broken.Missing} more must confirm that {SanitizedText.Name(Labels.Who(broken.By), 60)} was right to act alone.");
        if (incident?.AsksAfterUndo == true)
            open.Add($"Its alert fires and nothing has been done about it: a person says what happens instead.");
        var who = view.Deciders;
        if (proposal.IsUndecided)
            open.Add($"A decision{(who is null ? "" : $", by {who}")}.");
        else if (proposal.IsLeftToPeople)
            open.Add($"A person must see to it and mark it as handled{(who is null ? "" : $": {who}")}.");
        else if (incident?.IsOpen ?? proposal.IsPending)
            open.Add($"{view.Standing.Word}.");
        if (proposal is { Phase: ProposalPhase.Verified, Execution.UndoUntil: { } until } && until > view.Now)
            open.Add($"It can be taken back until {until}.");
        if (incident is { IsOpen: false, FiringAlerts.IsEmpty: false })
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
    private static ProposalStaged? Remedy(ProposalView view, IReadOnlyList<LedgerEntry> trail)
    {
        var proposal = view.Proposal;
        var staged = trail.Select(static entry => entry.Fact)
            .OfType<ProposalStaged>()
            .Where(static one => one.Kind == ProposalKind.Remedy)
            .ToList();
        var isAboutTheRun = proposal.Execution is not null && (!proposal.IsUndecided || proposal.AsksAfterUndo);
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

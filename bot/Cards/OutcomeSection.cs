using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Drafting;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What was done so far: step by step while it runs, was and now when it is over.</summary>
internal static class OutcomeSection
{
    public static IEnumerable<OutgoingJson> For(ProposalView view, Measure measure)
    {
        foreach (var run in Shown(view.Proposal))
        {
            foreach (var part in For(run, measure, IsEarlier(view.Proposal, run)))
                yield return part;
            if (HasChanges(run) && !IsPast(view.Proposal, run))
                yield return WasAndNow(run.Changes, measure);
        }
        if (view.CanBeDraftedAgain && view.Proposal.IsLeftToPeople)
            yield return Rich(
                "Small",
                new TextRun("See to it and mark it as handled, or have it drafted again: everything is looked at anew, and nothing runs "
                    + "without approval.", Subtle: true));
        if (view is IncidentView { Incident: { Phase: ProposalPhase.Undone, IsOpen: false, FiringAlerts.IsEmpty: true, EventCount: > 0 } })
            yield return Rich("Small", new TextRun("The source says that the alert has ended, so nothing waits here.", Subtle: true));
        if (view.Proposal.Phase == ProposalPhase.Verified && view.Proposal.Execution?.UndoUntil is { } until && until > view.Now)
            yield return Rich(
                "Small",
                [.. Runs($"Undo is possible until {until}{(view is { Rights.Undo: false, Undoers: { } who } ? $", by {who}" : "")}.",
                    new(null, Subtle: true))]);
    }

    /// <summary>Was and now of what ran before the plan that is asked about.</summary>
    public static IEnumerable<OutgoingJson> InDetails(Proposal proposal, Measure measure) =>
        Shown(proposal).Where(run => HasChanges(run) && IsPast(proposal, run)).Select(run => WasAndNow(run.Changes, measure));

    /// <summary>Its sentence is enough to decide on what comes next. Of drift, was and now is why it is asked again.</summary>
    private static bool IsPast(Proposal proposal, DevOpsAI.Proposals.Run run) =>
        proposal.IsUndecided && run.Outcome != ExecutionOutcome.Drifted;

    private static bool HasChanges(DevOpsAI.Proposals.Run run) => !run.Changes.IsDefaultOrEmpty;

    /// <summary>What still stands: of a remedy that was taken back the undo, and of an undo before the last run nothing.</summary>
    private static IEnumerable<DevOpsAI.Proposals.Run> Shown(Proposal proposal)
    {
        if (proposal.Execution is { } run && !proposal.IsTakenBack)
            yield return run;
        if (proposal.Undo is { } undo && !proposal.IsEarlier(undo))
            yield return undo;
    }

    /// <summary>What it came to is not what the card asks now. Of drift, the card says so itself.</summary>
    private static bool IsEarlier(Proposal proposal, DevOpsAI.Proposals.Run run) =>
        run is { Kind: ProposalKind.Remedy, Outcome: not null and not ExecutionOutcome.Drifted }
        && proposal is { Staged.Kind: ProposalKind.Remedy }
        && (proposal.Redraft is not null || proposal.StagedSeq > run.StartedSeq);

    private static IEnumerable<OutgoingJson> For(DevOpsAI.Proposals.Run run, Measure measure, bool isEarlier)
    {
        var what = run.Kind == ProposalKind.Undo ? "Taking it back" : "Execution";
        // Nothing is done at a vendor: its area records that it is so.
        if (run.Outcome is null && run.Plan.Steps.Count == 0)
            yield break;
        if (run.Outcome is null)
            yield return Rich("Medium", [new($"{what}: ", Bold: true),
                .. Runs($"step {Math.Min(Done(run) + 1, run.Plan.Steps.Count)} of {run.Plan.Steps.Count}, since {run.StartedAt}")]);
        else
            yield return Ended(run, run.Outcome.Value, isEarlier, measure);
        var shown = Math.Max(2, measure.Items * 2);
        foreach (var step in run.Steps.Skip(Math.Max(0, run.Steps.Length - shown)))
        {
            if (run.Outcome is not null && run.Plan.Steps.Count == 1 && !step.Rollback)
            {
                // The sentence above is about this very step.
                if (step.Detail.Length > 0 && run.Summary?.Contains(step.Detail, StringComparison.Ordinal) != true)
                    yield return Rich("None", new TextRun(step.Detail, measure.Long, Subtle: true));
                continue;
            }
            var (mark, tone) = GetMark(step.Outcome);
            yield return Rich(
                "None",
                new($"{mark} ", Tone: tone, Bold: true),
                new($"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1}: {step.Outcome.ToString().ToLowerInvariant()}"),
                new(step.Detail.Length > 0 ? " – " + step.Detail : "", measure.Long, Subtle: true));
        }
        if (run.RolledBack)
            yield return Rich("Small", new TextRun("What had been done before the failure was rolled back.", Bold: true));
    }

    private static OutgoingJson WasAndNow(IReadOnlyList<Change> changes, Measure measure)
    {
        List<IReadOnlyList<TextRun>> rows = [[new("What", Bold: true), new("Was", Bold: true), new("Now", Bold: true)]];
        rows.AddRange(changes.Take(measure.Items).Select(IReadOnlyList<TextRun> (change) =>
            
        [
            new(ObservationWords.GetLabel(change.What), measure.Short),
            new(ObservationWords.GetValue(change.What, change.Was), measure.Short),
            new(ObservationWords.GetValue(change.What, change.Now), measure.Short, Bold: true),
        ]));
        if (changes.Count > measure.Items)
            rows.Add([new($"and {changes.Count - measure.Items} more in Details", Subtle: true), new(""), new("")]);
        return Table([2, 1, 1], rows);
    }

    private static int Done(DevOpsAI.Proposals.Run run) => run.Steps.Count(step => !step.Rollback);

    private static OutgoingJson Ended(DevOpsAI.Proposals.Run run, ExecutionOutcome outcome, bool isEarlier, Measure measure)
    {
        var (mark, tone) = outcome switch
        {
            ExecutionOutcome.Verified => ("✔", Tone.Good),
            ExecutionOutcome.Drifted => ("⚠", Tone.Warning),
            ExecutionOutcome.Unknown => ("?", Tone.Attention),
            _ => ("✘", Tone.Attention),
        };
        var what = run switch
        {
            { Kind: ProposalKind.Undo } => "Undo: ",
            _ when isEarlier => "Earlier run: ",
            _ => "",
        };
        return Rich(
            "Medium",
            new($"{mark} {what}", Bold: true, Tone: tone),
            new(run.Summary, measure.Long, Bold: outcome == ExecutionOutcome.Verified,
                Tone: outcome == ExecutionOutcome.Verified ? Tone.Good : Tone.Default));
    }

    private static (string Mark, Tone Tone) GetMark(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Applied => ("✔", Tone.Good),
        StepOutcome.Failed => ("✘", Tone.Attention),
        StepOutcome.Unknown => ("?", Tone.Attention),
        _ => ("–", Tone.Default),
    };
}

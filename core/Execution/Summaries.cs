using System.Globalization;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;

namespace DevOpsAI.Execution;

/// <summary>Says in one or two sentences how a run ended and what is left behind. Pure.</summary>
internal static class Summaries
{
    public static string For(Run run, ExecutionOutcome outcome, bool rolledBack, string? note)
    {
        var messages = new List<string> { Ending(run, outcome) };
        if (note is not null)
            messages.Add(note);
        if (outcome == ExecutionOutcome.Failed
            && run.Steps.FirstOrDefault(step => step.Rollback && step.Outcome != StepOutcome.Applied) is { } stuck)
            messages.Add($"Taking back step {Number(stuck.Step)} failed too: {stuck.Detail}");
        if (outcome is ExecutionOutcome.Failed or ExecutionOutcome.Unknown or ExecutionOutcome.Stopped)
            messages.Add(Remains(run, rolledBack));
        return VendorCalls.Short(string.Join(' ', messages.Where(message => message.Length > 0)));
    }

    /// <summary>How a run ends that the guard lets not even begin.</summary>
    public static ExecutionOutcome GetOutcome(Objection objection) =>
        objection.AskAgain.Count > 0 ? ExecutionOutcome.Drifted : ExecutionOutcome.Stopped;

    /// <summary>What to say of it.</summary>
    public static string OfNotBegun(Objection objection) => VendorCalls.Short(objection.AskAgain.Count > 0
        ? $"{objection.Message} Nothing was done; it is proposed anew."
        : $"Stopped before anything was done. {objection.Message}");

    private static string Ending(Run run, ExecutionOutcome outcome)
    {
        var troubled = run.Steps.FirstOrDefault(step => step.Outcome != StepOutcome.Applied);
        return outcome switch
        {
            ExecutionOutcome.Verified when run.Plan.Steps.Count == 0 => "Done.",
            ExecutionOutcome.Verified when run.Plan.Steps.Count == 1 => $"{run.Plan.Steps[0].Title}: done and verified.",
            ExecutionOutcome.Verified => $"All {run.Plan.Steps.Count} steps are done and verified.",
            ExecutionOutcome.Drifted => "The situation changed after this was proposed, so nothing was done.",
            ExecutionOutcome.Stopped => "Stopped.",
            ExecutionOutcome.Unknown =>
                $"Outcome unknown: {Name(run, run.Steps.FirstOrDefault(step => step.Outcome == StepOutcome.Unknown))} It will not be "
                + $"repeated; a person must look.",
            _ when troubled is null => "Failed before the first step.",
            _ => $"Failed: {Name(run, troubled)}",
        };
    }

    private static string Name(Run run, StepFinished? step)
    {
        if (step is null)
            return "";
        if (run.Plan.Steps.Count == 1 && !step.Rollback)
            return $"{run.Plan.Steps[0].Title}: {step.Detail}";
        var title = run.Plan.Steps[step.Step].Title;
        return $"{(step.Rollback ? "taking back " : "")}step {Number(step.Step)} of {run.Plan.Steps.Count} ({title}): {step.Detail}";
    }

    private static string Remains(Run run, bool rolledBack)
    {
        var takenBack = run.Steps.Where(step => step is { Rollback: true, Outcome: StepOutcome.Applied }).Select(step => step.Step)
            .ToHashSet();
        var left = run.Steps.Where(step => step is { Rollback: false, Outcome: StepOutcome.Applied } && !takenBack.Contains(step.Step))
            .Select(step => Number(step.Step)).ToList();
        if (rolledBack)
            return "The steps before it were taken back.";
        if (left.Count > 0)
            return $"Done and not taken back: step {string.Join(", ", left)}.";
        if (takenBack.Count > 0)
            return "What was done before it was taken back.";
        return run.Plan.Steps.Count <= 1 ? "" : "No other step was done.";
    }

    private static string Number(int step) => (step + 1).ToString(CultureInfo.InvariantCulture);
}

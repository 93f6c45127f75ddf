using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;

namespace DevOpsAI.Execution;

/// <summary>
/// What a run does next, decided from nothing but its plan and what is on record: so a restart goes on where the record ends.
/// </summary>
internal abstract record NextMove
{
    private NextMove() { }

    public sealed record Do(int Step) : NextMove;

    public sealed record RollBack(int Step) : NextMove;

    public sealed record Finish(ExecutionOutcome Outcome, bool RolledBack) : NextMove;

    /// <summary>
    /// Steps in order; after a failure the applied ones are taken back in reverse, if every one of them can be.
    /// An unknown outcome ends it at once: whatever else is done could make it worse.
    /// </summary>
    public static NextMove After(Plan plan, IReadOnlyCollection<StepFinished> steps)
    {
        if (steps.Any(step => step.Outcome == StepOutcome.Unknown))
            return new Finish(ExecutionOutcome.Unknown, RolledBack: false);
        var forward = steps.Where(step => !step.Rollback).ToList();
        if (forward.TrueForAll(step => step.Outcome == StepOutcome.Applied))
            return forward.Count < plan.Steps.Count ? new Do(forward.Count) : new Finish(ExecutionOutcome.Verified, RolledBack: false);
        var rollbacks = steps.Where(step => step.Rollback).ToList();
        var applied = forward.Where(step => step.Outcome == StepOutcome.Applied).Select(step => step.Step).ToList();
        if (applied.Count == 0 || applied.Exists(step => plan.Steps[step].Rollback is null)
            || rollbacks.Exists(step => step.Outcome != StepOutcome.Applied))
            return new Finish(ExecutionOutcome.Failed, RolledBack: false);
        var left = applied.Except(rollbacks.Select(step => step.Step)).DefaultIfEmpty(-1).Max();
        return left >= 0 ? new RollBack(left) : new Finish(ExecutionOutcome.Failed, RolledBack: true);
    }
}

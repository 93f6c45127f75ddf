using DevOpsAI.Connections.Plans;
using DevOpsAI.Connections;
using DevOpsAI.Drafting;

namespace DevOpsAI.Bot.Views;

/// <summary>What was seen before a step, and whether it can be taken back.</summary>
internal static class StepMessages
{
    public static IEnumerable<string> For(ProposalView view, PlanStep step)
    {
        if (step.Preconditions.Count > 0)
            yield return $"Observed: {string.Join("; ", step.Preconditions.Select(condition => Seen(view, step, condition)))}.";
        var rollback = step.Rollback is { } action ? $" ({action})" : "";
        yield return $"It {WayBack.For(view.GetAction(step), step.Rollback is not null)}{rollback}.";
    }

    private static string Seen(ProposalView view, PlanStep step, Condition condition)
    {
        var observed = view.Proposal.Staged?.Observed ?? view.Proposal.Draft?.Observed;
        return ObservationWords.Before(condition, observed?.GetValueOrDefault($"{step.Target.Name} {condition.Observation}"));
    }
}

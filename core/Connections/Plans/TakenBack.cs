namespace DevOpsAI.Connections.Plans;

/// <summary>What must hold once a step was taken back. Pure.</summary>
internal static class TakenBack
{
    /// <summary>
    /// What the step changed is as it was before it. Where nothing was said of before, what it brought about is gone; that is certain
    /// only of equality. Empty when nothing can be said.
    /// </summary>
    public static IReadOnlyList<Condition> GetConditions(PlanStep step)
    {
        var changed = step.Verifications.Select(condition => condition.Observation).ToHashSet(StringComparer.Ordinal);
        var before = step.Preconditions.Where(condition => changed.Contains(condition.Observation)).ToList();
        return before.Count > 0
            ? before
            : [.. step.Verifications.Where(condition => condition.Operator == "==")
                .Select(condition => condition with { Operator = "!=" })];
    }
}

using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Execution;

/// <summary>Compares the world with what a plan rests on. Pure.</summary>
internal static class Drift
{
    public const string NotReported = "not reported";

    /// <summary>
    /// The preconditions that must hold before anything runs. A later step's precondition is left out when an earlier step on the same
    /// target brings it about, as in "stop, then remove": it is checked when that step's turn comes.
    /// </summary>
    public static IEnumerable<(Target Target, Condition Condition)> StartingConditions(Plan plan)
    {
        for (var i = 0; i < plan.Steps.Count; i++)
        {
            var step = plan.Steps[i];
            var changed = plan.Steps.Take(i).Where(earlier => SameTarget(earlier.Target, step.Target))
                .SelectMany(earlier => earlier.Verifications).Select(condition => condition.Observation).ToHashSet(StringComparer.Ordinal);
            foreach (var condition in step.Preconditions.Where(condition => !changed.Contains(condition.Observation)))
                yield return (step.Target, condition);
        }
    }

    /// <summary>The conditions that do not hold, or that nobody can tell about, as was and now.</summary>
    public static IReadOnlyList<Change> For(
        IEnumerable<(Target Target, Condition Condition)> conditions,
        Func<Target, IReadOnlyDictionary<string, string>> now,
        IReadOnlyDictionary<string, string> observedBefore) =>
        [.. conditions.Where(pair => pair.Condition.Holds(now(pair.Target)) != true)
            .Select(pair => GetChange(pair.Target, pair.Condition, now(pair.Target), observedBefore))
            .Distinct()];

    public static Change GetChange(
        Target target, Condition condition, IReadOnlyDictionary<string, string> now, IReadOnlyDictionary<string, string> observedBefore) =>
        new(
            GetKey(target, condition.Observation),
            observedBefore.GetValueOrDefault(GetKey(target, condition.Observation)) ?? NotReported,
            now.GetValueOrDefault(condition.Observation) ?? NotReported);

    /// <summary>How proposals name an observation: <c>{target name} {observation}</c>.</summary>
    public static string GetKey(Target target, string observation) => $"{target.Name} {observation}";

    public static bool SameTarget(Target one, Target other) =>
        one.Connection == other.Connection && one.Kind == other.Kind && one.Id == other.Id;
}

using DevOpsAI.Connections;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// What the runbooks in force know of an action: the conditions under which one of them would do it with these arguments, as far as they
/// can be told of this target, and by what it is seen to have worked. They guard a model's step as they guard a runbook's.
/// </summary>
internal sealed class KnownConditions(RunbookCatalog runbooks)
{
    public (IReadOnlyList<Condition> Preconditions, IReadOnlyList<Condition> Verifications, Condition? Contradicted) For(
        ActionSpec action, IReadOnlyDictionary<string, string> arguments, Resolution.Found found)
    {
        foreach (var rule in runbooks.All.Where(runbook => runbook.Target.Kind == action.TargetKind)
            .SelectMany(static runbook => runbook.Steps).Where(step => step.Action == action.Name))
        {
            if (GetValues(rule, arguments, found) is not { } values)
                continue;
            var verifications = Fill(rule.Verifications, values, found);
            if (verifications.Count == 0 || verifications.Count < rule.Verifications.Count)
                continue;
            // Of what a runbook asks before, only what every alert has to fulfil: the rest is about its own alerts.
            var preconditions = Fill(rule.Preconditions.Where(static condition => condition.When.Count == 0), values, found);
            var contradicted = preconditions.FirstOrDefault(condition => condition.Holds(found.Observations) == false);
            return (preconditions, verifications, contradicted);
        }
        return ([], [], null);
    }

    private static List<Condition> Fill(
        IEnumerable<ConditionTemplate> templates, Dictionary<string, string> values, Resolution.Found found) =>
        [.. templates.Where(template => template.Observation.Names.Concat(template.Value.Names).All(values.ContainsKey))
            .Select(template => template.Fill(name => values.GetValueOrDefault(name)))
            .Where(condition => found.Observations.ContainsKey(condition.Observation))];

    /// <summary>The runbook's parameters as these arguments say them; null where the rule would never give such arguments.</summary>
    private static Dictionary<string, string>? GetValues(
        StepRule rule, IReadOnlyDictionary<string, string> arguments, Resolution.Found found)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = found.Target.Name };
        foreach (var (name, template) in rule.Arguments)
        {
            var value = arguments.GetValueOrDefault(name) ?? "";
            if (template.IsLiteral)
                continue;
            if (template.Names.ToList() is not [var parameter] || template.Text != $"{{{parameter}}}")
                return null;
            values[parameter] = value;
        }
        return values;
    }
}

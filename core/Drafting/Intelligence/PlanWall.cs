using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Makes a plan of the steps that a model named, or says what is wrong with them. Target, connection, title, command and way back come from
/// typed fields; of the model come the name of an action, which has to be one that was offered, and values that the action allows.
/// </summary>
internal static class PlanWall
{
    public const int MaxSteps = 5;

    private const int MaxWord = 100;

    /// <param name="restore">Puts what may come back in the place of its placeholder; null where one may not.</param>
    public static (Plan? Plan, string? Error) Build(
        DraftMaterial material, IReadOnlyList<ModelStep> steps, Func<string, string?> restore, KnownConditions conditions)
    {
        // Nothing was offered, so whatever stands there is left out.
        if (material.Found is not { } found || material.Catalog.Count == 0 || steps.Count == 0)
            return (Plan.Empty, null);
        if (steps.Count > MaxSteps)
            return (null, $"The plan has more than {MaxSteps} steps.");
        List<PlanStep> built = [];
        foreach (var step in steps)
        {
            if (!material.Catalog.TryGetValue(step.Action, out var spec))
                return (null, "The plan names an action that is not in the catalog.");
            if (GetArguments(material, step, restore) is not { } arguments)
                return (null, $"An argument of {spec.Name} is named twice, or holds what may not be used.");
            if (ActionCalls.ValidationErrors(spec, arguments).Count > 0)
                return (null, $"The arguments of {spec.Name} are not as the catalog asks: {Describe(spec)}.");
            if (built.Exists(other => other.Action == spec.Name && IsSame(other.Arguments, arguments)))
                return (null, "The plan does the same twice.");
            var known = conditions.For(spec, arguments, found);
            if (known.Contradicted is not null)
                return (null, $"{spec.Name} is pointless now: {known.Contradicted} does not hold.");
            built.Add(new(
                Title(spec, arguments), spec.Name, found.Target, arguments, ActionCalls.Command(spec, found.Target, arguments), [],
                known.Preconditions, known.Verifications, spec.Rollback));
        }
        return (new(built), null);
    }

    /// <summary>The same actions with the same arguments in the same order, on the same target.</summary>
    public static bool IsSame(Plan one, Plan other) => one.Steps.Count == other.Steps.Count
        && one.Steps.Zip(other.Steps).All(static pair => pair.First.Action == pair.Second.Action
            && pair.First.Target == pair.Second.Target && IsSame(pair.First.Arguments, pair.Second.Arguments));

    public static bool IsSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count
        && one.All(pair => other.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value, StringComparison.Ordinal));

    private static Dictionary<string, string>? GetArguments(DraftMaterial material, ModelStep step, Func<string, string?> restore)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var argument in step.Arguments)
        {
            if (argument.Value.Length == 0)
                continue;
            if (restore(argument.Value) is not { } value
                || OutsideText.Visible(value) != value
                || !IsKnown(material, argument.Name, value)
                || material.OtherClients.Any(other => value.Contains(other, StringComparison.OrdinalIgnoreCase))
                || !arguments.TryAdd(argument.Name, value))
                return null;
        }
        return arguments;
    }

    /// <summary>
    /// The vendor reports such a thing of the target, or the runbook names it; else it is one plain word or a few, which no chat client
    /// would make anything else of. A pattern alone may let an address through.
    /// </summary>
    private static bool IsKnown(DraftMaterial material, string name, string value) =>
        material.Found!.Observations.Any(pair => pair.Value == value
            || ("." + pair.Key + ".").Contains($".{value}.", StringComparison.Ordinal))
        || material.Floor.Plan.Steps.Any(step => step.Arguments.GetValueOrDefault(name) == value)
        || (value.Length <= MaxWord && GeneratedText.Clean(value, MaxWord) == value && !value.AsSpan().ContainsAny('/', '\\', ':'));

    private static string Title(ActionSpec spec, Dictionary<string, string> arguments) => arguments.Count == 0
        ? spec.Title
        : $"{spec.Title}: "
            + QuotedText.List(spec.Arguments.Where(one => arguments.ContainsKey(one.Name)).Select(one => arguments[one.Name]));

    private static string Describe(ActionSpec spec) => spec.Arguments.Count == 0
        ? "none"
        : string.Join(", ", spec.Arguments.Select(static one => $"{one.Name} must match {one.Pattern}"));
}

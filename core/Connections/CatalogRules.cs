using System.Text.Json;

namespace DevOpsAI.Connections;

/// <summary>What gates, cards and executor rely on in a connector's catalog. A connector that breaks it is not started with.</summary>
public static class CatalogRules
{
    /// <summary>The longest that a single call may be given.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(15);

    /// <summary>One sentence for each validation error, beginning with the action's name; empty when there is none.</summary>
    public static IEnumerable<string> ValidationErrors(IReadOnlyDictionary<string, ActionSpec> actions) =>
        actions.SelectMany(pair => For(pair.Key, pair.Value, actions).Select(error => $"{pair.Key}: {error}"));

    private static IEnumerable<string> For(string name, ActionSpec action, IReadOnlyDictionary<string, ActionSpec> actions)
    {
        if (action.Name != name)
            yield return $"is listed under this name and calls itself '{action.Name}'.";
        if (action.Timeout <= TimeSpan.Zero || action.Timeout > MaxTimeout)
            yield return $"a single call must be given more than no time and at most {MaxTimeout.TotalMinutes:0} minutes.";
        if (!action.Command.Contains("{target}", StringComparison.Ordinal))
            yield return "its command must show {target}.";
        foreach (var hidden in ActionCalls.NotShown(action))
            yield return $"its command must show the argument '{hidden}': whoever approves it would not see it.";
        foreach (var argument in action.Arguments.Where(static argument => !IsPattern(argument.Pattern)))
            yield return $"the pattern of '{argument.Name}' is no regular expression.";
        foreach (var error in OfCapability(action))
            yield return error;
        if (action.Rollback is not { } rollback)
            yield break;
        if (!actions.TryGetValue(rollback, out var back))
            yield return $"its rollback {rollback} is not in the catalog.";
        else
        {
            foreach (var error in OfRollback(action, back))
                yield return error;
        }
    }

    /// <summary>A connector does not make an action of the vocabulary harmless by calling it so.</summary>
    private static IEnumerable<string> OfCapability(ActionSpec action)
    {
        if (!Capabilities.Actions.TryGetValue(action.Name, out var capability))
            yield break;
        if (action.Reversibility < capability.AtBest)
            yield return $"is {Word(capability.AtBest)} at best, whoever does it, and not {Word(action.Reversibility)}.";
        if (action.BlastRadius < capability.AtLeast)
            yield return $"reaches {Word(capability.AtLeast)} at least, whoever does it, and not {Word(action.BlastRadius)}.";
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static IEnumerable<string> OfRollback(ActionSpec action, ActionSpec back)
    {
        if (action.Reversibility == Reversibility.Irreversible)
            yield return $"is declared irreversible and has the rollback {back.Name}.";
        if (back.TargetKind != action.TargetKind)
            yield return $"its rollback {back.Name} is for a {back.TargetKind}, not for a {action.TargetKind}.";
        if (back.Reversibility > action.Reversibility || back.BlastRadius > action.BlastRadius)
            yield return $"its rollback {back.Name} reaches further than it does, and may run by itself: declare the action to be as "
                + $"grave.";
        foreach (var argument in action.Arguments.Where(
            argument => !back.Arguments.Any(
                other => other.Name == argument.Name && other.Pattern == argument.Pattern && other.MaxLength >= argument.MaxLength)))
            yield return $"its rollback {back.Name} must take the argument '{argument.Name}' with the same pattern.";
        foreach (var needed in back.Arguments.Where(
            argument => argument.Required && !action.Arguments.Any(other => other.Required && other.Name == argument.Name)))
            yield return $"its rollback {back.Name} needs the argument '{needed.Name}', which the action may be without.";
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new WholeMatch(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

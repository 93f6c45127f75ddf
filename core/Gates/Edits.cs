using System.Globalization;
using System.Text.RegularExpressions;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Gates;

/// <summary>What "Edit and approve" makes of a plan. Pure.</summary>
/// <param name="Plan">Null when there is a mistake.</param>
/// <param name="Error">One sentence for the person.</param>
internal sealed record Edits(Plan? Plan, string? Error)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(200);

    /// <param name="values">By <c>{step}.{argument}</c>, step 0-based. Untrusted.</param>
    public static Edits Apply(Plan plan, IReadOnlyDictionary<string, string> values, FindAction find)
    {
        var steps = plan.Steps.ToArray();
        foreach (var (key, typed) in values)
        {
            var dot = key.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || !int.TryParse(key.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || index >= steps.Length)
                return Wrong($"'{GateMessages.Said(key)}' is not part of this plan.");
            var (step, name) = (steps[index], key[(dot + 1)..]);
            if (!step.Editable.Contains(name))
                return Wrong($"'{GateMessages.Said(name)}' of step {index + 1} cannot be changed.");
            if (find(step.Target, step.Action) is not { } action
                || action.Arguments.FirstOrDefault(spec => spec.Name == name) is not { } spec)
                return Wrong($"{step.Action} has no '{GateMessages.Said(name)}' any more; reject this proposal.");
            var value = typed.Trim();
            if (!ActionCalls.Accepts(spec, value))
                return Wrong($"'{GateMessages.Said(value)}' is not allowed as {spec.Title.ToLowerInvariant()} of step {index + 1}.");
            steps[index] = ProposalStaging.WithWayBack(With(step, action, name, value), find);
        }
        return new(new(steps), null);
    }

    private static PlanStep With(PlanStep step, ActionSpec action, string name, string value)
    {
        var was = step.Arguments.GetValueOrDefault(name) ?? "";
        if (was == value)
            return step;
        var arguments = new Dictionary<string, string>(step.Arguments) { [name] = value };
        return step with
        {
            Title = Replaced(step.Title, was, value),
            Arguments = arguments,
            Command = ActionCalls.Command(action, step.Target, arguments),
            Preconditions = [.. step.Preconditions.Select(condition => Replaced(condition, was, value))],
            Verifications = [.. step.Verifications.Select(condition => Replaced(condition, was, value))],
        };
    }

    /// <summary>
    /// A condition about the thing that the argument names, or about the figure it sets, follows the argument. One that follows wrongly
    /// makes the drift guard or the read-back say so; it never makes something run that would not have.
    /// </summary>
    private static Condition Replaced(Condition condition, string was, string value)
    {
        if (was.Length == 0)
            return condition;
        return condition with
        {
            Observation = $".{condition.Observation}.".Replace($".{was}.", $".{value}.", StringComparison.OrdinalIgnoreCase)[1..^1],
            Value = string.Equals(condition.Value, was, StringComparison.OrdinalIgnoreCase) ? value : condition.Value,
        };
    }

    private static string Replaced(string title, string was, string value) => was.Length == 0 ? title : Regex.Replace(
        title, $@"(?<!\w){Regex.Escape(was)}(?!\w)", value.Replace("$", "$$", StringComparison.Ordinal),
        RegexOptions.CultureInvariant, MatchTimeout);

    private static Edits Wrong(string error) => new(null, error);
}

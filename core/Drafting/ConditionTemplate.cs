using System.Text.RegularExpressions;
using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>A condition of a runbook, as in <c>disk.{volume}.freePercent &lt; 15</c>, whose placeholders are still to be filled.</summary>
internal sealed partial record ConditionTemplate(Template Observation, string Operator, Template Value)
{
    /// <summary>Words of alert names for which the condition counts; empty for all alerts.</summary>
    public IReadOnlyList<string> When { get; init; } = [];

    /// <summary>What to say when it does not hold, as the rest of a sentence; null for what can be said of any condition.</summary>
    public Template? Otherwise { get; init; }

    public IEnumerable<string> Names => Observation.Names.Concat(Value.Names).Concat(Otherwise?.Names ?? []);

    /// <summary>The condition counts for an alert of this name.</summary>
    public bool IsFor(AlertName alert) => When.Count == 0 || When.Any(alert.Words.Contains);

    /// <exception cref="FormatException">The text is not <c>observation operator value</c>.</exception>
    public static ConditionTemplate Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success)
            throw new FormatException(
                $"'{text}' is no condition: observation, one of {string.Join(' ', Condition.Operators)}, and a value, with spaces "
                + $"between.");
        var (observation, value) = (Template.Parse(match.Groups["observation"].Value), Template.Parse(match.Groups["value"].Value));
        return observation.Observes || value.Observes
            ? throw new FormatException($"'{text}' compares an observation with another; only values can be compared with.")
            : new(observation, match.Groups["operator"].Value, value);
    }

    public Condition Fill(Func<string, string?> value) => new(Observation.Fill(value), Operator, Value.Fill(value));

    [GeneratedRegex(@"\A(?<observation>[A-Za-z][A-Za-z0-9.{}-]*) (?<operator>==|!=|<=|>=|<|>) (?<value>\S(?:.*\S)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}

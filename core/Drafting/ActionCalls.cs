using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>Holds arguments against the catalogue and writes the command that the card shows.</summary>
internal static class ActionCalls
{
    /// <summary>Why these arguments cannot be sent, one sentence each; empty when they can.</summary>
    public static IReadOnlyList<string> Mistakes(ActionSpec action, IReadOnlyDictionary<string, string> arguments)
    {
        var mistakes = new List<string>();
        foreach (var name in arguments.Keys.Where(name => action.Arguments.All(spec => spec.Name != name)))
            mistakes.Add($"{action.Name} has no argument '{name}'.");
        foreach (var spec in action.Arguments)
        {
            if (!arguments.TryGetValue(spec.Name, out var value) || value.Length == 0)
            {
                if (spec.Required)
                    mistakes.Add($"{action.Name} needs the argument '{spec.Name}'.");
            }
            else if (!Accepts(spec, value))
            {
                mistakes.Add($"'{Said.Short(value)}' is not allowed as {spec.Title.ToLowerInvariant()} of {action.Name}.");
            }
        }
        return mistakes;
    }

    public static bool Accepts(ArgumentSpec spec, string value) => value.Length <= spec.MaxLength && new WholeMatch(spec.Pattern).Accepts(value);

    /// <summary>The catalogue's command with target and arguments filled in; values are put in as they are and never read again.</summary>
    public static string Command(ActionSpec action, Target target, IReadOnlyDictionary<string, string> arguments)
    {
        var text = new System.Text.StringBuilder();
        var at = 0;
        while (at < action.Command.Length)
        {
            var open = action.Command.IndexOf('{', at);
            var close = open < 0 ? -1 : action.Command.IndexOf('}', open);
            if (close < 0)
                break;
            var name = action.Command[(open + 1)..close];
            var isKnown = name == "target" || action.Arguments.Any(spec => spec.Name == name);
            text.Append(action.Command, at, open - at)
                .Append(!isKnown ? action.Command[open..(close + 1)] : name == "target" ? target.Name : arguments.GetValueOrDefault(name));
            at = close + 1;
        }
        return text.Append(action.Command, at, action.Command.Length - at).ToString();
    }
}

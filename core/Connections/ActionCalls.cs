using System.Text;

namespace DevOpsAI.Connections;

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
                mistakes.Add($"'{(value.Length <= 80 ? value : value[..79] + "…")}' is not allowed as {spec.Title.ToLowerInvariant()} of {action.Name}.");
            }
        }
        return mistakes;
    }

    /// <summary>Whether a value may be sent: the whole of it matches the pattern, without control characters.</summary>
    public static bool Accepts(ArgumentSpec spec, string value) => value.Length == 0
        ? !spec.Required
        : value.Length <= spec.MaxLength && !value.Any(char.IsControl) && new WholeMatch(spec.Pattern).Accepts(value);

    /// <summary>The catalogue's command with target and arguments filled in; values are put in as they are and never read again.</summary>
    public static string Command(ActionSpec action, Target target, IReadOnlyDictionary<string, string> arguments)
    {
        var text = new StringBuilder();
        var rest = action.Command.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0 && rest[open..].IndexOf('}') is var length and > 0)
        {
            var name = rest.Slice(open + 1, length - 1).ToString();
            text.Append(rest[..open]);
            _ = name == "target" ? text.Append(target.Name)
                : action.Arguments.Any(spec => spec.Name == name) ? text.Append(arguments.GetValueOrDefault(name))
                : text.Append(rest.Slice(open, length + 1));
            rest = rest[(open + length + 1)..];
        }
        return text.Append(rest).ToString();
    }
}

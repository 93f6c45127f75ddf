using System.Buffers;
using System.Text;

namespace DevOpsAI.Connections;

/// <summary>Holds arguments against the catalogue and writes the command that the card shows.</summary>
internal static class ActionCalls
{
    /// <summary>What the shell reads as it stands, as one word.</summary>
    private static readonly SearchValues<char> PlainWord =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/\\@-");

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

    /// <summary>
    /// The catalogue's command with target and arguments filled in as they would be run: a value stays one argument, whatever it holds. Inside
    /// the quotes of the catalogue its own quotes are doubled; elsewhere it is quoted unless it is a plain word. It is never read again.
    /// </summary>
    public static string Command(ActionSpec action, Target target, IReadOnlyDictionary<string, string> arguments)
    {
        var text = new StringBuilder();
        var isQuoted = false;
        var rest = action.Command.AsSpan();
        while (rest.IndexOf('{') is var open and >= 0 && rest[open..].IndexOf('}') is var length and > 0)
        {
            var name = rest.Slice(open + 1, length - 1).ToString();
            isQuoted ^= rest[..open].Count('\'') % 2 == 1;
            text.Append(rest[..open]);
            if (name == "target")
                Append(text, target.Name, isQuoted);
            else if (action.Arguments.Any(spec => spec.Name == name))
                Append(text, arguments.GetValueOrDefault(name) ?? "", isQuoted);
            else
                text.Append(rest.Slice(open, length + 1));
            rest = rest[(open + length + 1)..];
        }
        return text.Append(rest).ToString();
    }

    private static void Append(StringBuilder text, string value, bool isQuoted)
    {
        var needsQuotes = !isQuoted && (value.Length == 0 || value[0] is '-' or '@' || value.AsSpan().ContainsAnyExcept(PlainWord));
        if (needsQuotes)
            text.Append('\'');
        foreach (var c in value)
        {
            // PowerShell ends a text in single quotes at a typographic quote as well.
            if ((isQuoted || needsQuotes) && c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B')
                text.Append(c);
            text.Append(c);
        }
        if (needsQuotes)
            text.Append('\'');
    }
}

using System.Buffers;
using System.Text;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Connections;

/// <summary>Holds arguments against the catalog and writes the command that the card shows.</summary>
internal static class ActionCalls
{
    /// <summary>What the shell reads as it stands, as one word.</summary>
    private static readonly SearchValues<char> PlainWord =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/\\@-");

    /// <summary>Why these arguments cannot be sent, one sentence each; empty when they can.</summary>
    public static IReadOnlyList<string> ValidationErrors(ActionSpec action, IReadOnlyDictionary<string, string> arguments)
    {
        var errors = new List<string>();
        foreach (var name in arguments.Keys.Where(name => action.Arguments.All(spec => spec.Name != name)))
            errors.Add($"{action.Name} has no argument '{name}'.");
        foreach (var spec in action.Arguments)
        {
            if (!arguments.TryGetValue(spec.Name, out var value) || value.Length == 0)
            {
                if (spec.Required)
                    errors.Add($"{action.Name} needs the argument '{spec.Name}'.");
            }
            else if (!Accepts(spec, value))
            {
                errors.Add(
                    $"'{(value.Length <= 80 ? value : value[..79] + "…")}' is not allowed as {spec.Title.ToLowerInvariant()} of "
                    + $"{action.Name}.");
            }
        }
        return errors;
    }

    /// <summary>Whether a value may be sent: the whole of it matches the pattern, without control characters.</summary>
    public static bool Accepts(ArgumentSpec spec, string value) => value.Length == 0
        ? !spec.Required
        : value.Length <= spec.MaxLength && !value.Any(char.IsControl) && new WholeMatch(spec.Pattern).Accepts(value);

    /// <summary>
    /// The catalog's command with target and arguments filled in as they would be run: a value stays one argument, whatever it holds.
    /// Inside the quotes of the catalog its own quotes are doubled; elsewhere it is quoted unless it is a plain word. It is never read
    /// again. What stands after the question mark in <c>{priority? -Priority }</c> is put before the value, and nothing at all where there
    /// is none.
    /// </summary>
    public static string Command(ActionSpec action, Target target, IReadOnlyDictionary<string, string> arguments)
    {
        var text = new StringBuilder();
        var isQuoted = false;
        var rest = action.Command.AsSpan();
        while (NextPlace(rest) is var (open, length, name, before))
        {
            isQuoted ^= rest[..open].Count('\'') % 2 == 1;
            text.Append(rest[..open]);
            if (name == "target")
                Append(text, target.Name, isQuoted);
            else if (action.Arguments.All(spec => spec.Name != name))
                text.Append(rest.Slice(open, length));
            else if (arguments.GetValueOrDefault(name) is { Length: > 0 } value)
                Append(text.Append(before), value, isQuoted);
            else if (before is null)
                Append(text, "", isQuoted);
            rest = rest[(open + length)..];
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

    /// <summary>The arguments that the command does not show: whoever approves it would not see them.</summary>
    public static IEnumerable<string> NotShown(ActionSpec action)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var rest = action.Command.AsSpan();
        while (NextPlace(rest) is var (open, length, name, _))
        {
            shown.Add(name);
            rest = rest[(open + length)..];
        }
        return action.Arguments.Select(static spec => spec.Name).Where(name => !shown.Contains(name));
    }

    /// <summary>Why the step, or its way back, cannot be sent as it was shown; null when it can.</summary>
    public static string? CheckAsShown(ActionSpec action, PlanStep step, bool rollback)
    {
        if (ValidationErrors(action, step.Arguments) is [var error, ..])
            return error;
        var command = rollback ? step.RollbackCommand : step.Command;
        return command is { } shown && shown != Command(action, step.Target, step.Arguments)
            ? $"{action.Name} is not the command any more that was shown."
            : null;
    }

    private static (int Open, int Length, string Name, string? Before)? NextPlace(ReadOnlySpan<char> template)
    {
        var open = template.IndexOf('{');
        if (open < 0 || template[open..].IndexOf('}') is not (> 0 and var length))
            return null;
        var inside = template.Slice(open + 1, length - 1);
        var mark = inside.IndexOf('?');
        return (open, length + 1, (mark < 0 ? inside : inside[..mark]).ToString(), mark < 0 ? null : inside[(mark + 1)..].ToString());
    }
}

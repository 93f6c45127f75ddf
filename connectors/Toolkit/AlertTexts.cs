using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// What people read of an alert: the words of whoever wrote the rule, without what its template left behind (values and label maps,
/// formatting mistakes, marks of the notifier), and with the thing it is about. Labels and values are kept as attributes, as they were
/// sent.
/// </summary>
public static partial class AlertTexts
{
    private const int MaxReadLength = 8_000;

    /// <summary>The title: one line that says what happened and where.</summary>
    /// <param name="text">As it was sent; null when the sender gave none.</param>
    /// <param name="kind">What is said where the text says nothing.</param>
    /// <param name="where">The device, user or thing it is about; null when the alert names none.</param>
    /// <param name="instance">The address the alert came from, which gives way to <paramref name="where"/>.</param>
    public static string Title(string? text, string kind, string? where, string? instance = null)
    {
        var lines = Lines(text);
        var what = lines.Count > 0 ? Trimmed(InstanceIn().Replace(lines[0], "")) : "";
        if (what.Length == 0)
            what = kind;
        if (where is null)
            return what;
        var named = where.Contains('@', StringComparison.Ordinal) ? where : EventKeys.ShortName(where);
        foreach (var spelled in new[] { instance, where }.OfType<string>()
            .Where(spelled => spelled.Length > named.Length && spelled.StartsWith(named, StringComparison.OrdinalIgnoreCase)))
            what = what.Replace(spelled, named, StringComparison.OrdinalIgnoreCase);
        return what.Contains(named, StringComparison.OrdinalIgnoreCase)
            ? what
            : $"{what.TrimEnd('.', ' ')} {EventKeys.Preposition(named)} {named}";
    }

    /// <summary>The description: what the sender said beside the title; null when that is nothing.</summary>
    /// <param name="text">As it was sent.</param>
    /// <param name="titleText">What the title was made of: its further lines belong here, and what it says already does not.</param>
    public static string? Description(string? text, string? titleText)
    {
        var title = Lines(titleText);
        var lines = Lines(text);
        if (title.Count > 0 && lines.Count > 0 && lines[0] == title[0])
            lines.RemoveAt(0);
        var all = title.Skip(1).Where(line => !lines.Contains(line)).Concat(lines).ToList();
        return all.Count == 0 ? null : string.Join('\n', all);
    }

    /// <summary>The lines that say something, each without leftovers.</summary>
    private static List<string> Lines(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        var cut = text.Length > MaxReadLength ? text[..MaxReadLength] : text;
        // Each is looked for only where it can be: thousands of alerts a second have none of them.
        if (cut.Contains('\\'))
            cut = WithLineEnds(cut);
        if (cut.Contains("no value", StringComparison.OrdinalIgnoreCase))
            cut = NoValue().Replace(cut, "");
        if (cut.Contains('<') && Tag().IsMatch(cut))
            cut = Tag().Replace(LineBreak().Replace(cut, "\n"), "");
        if (cut.Contains('&'))
            cut = Entity().Replace(cut, static entity => WebUtility.HtmlDecode(entity.Value));
        if (cut.Contains('{') || cut.Contains("map[", StringComparison.Ordinal) || cut.Contains("LABEL", StringComparison.Ordinal))
            cut = LabelMap().Replace(cut, "");
        if (cut.Contains("var='", StringComparison.Ordinal))
        {
            cut = GrafanaValue().Replace(
                cut, static match => match.Groups["value"].Success ? $"VALUE = {match.Groups["value"].Value}" : "");
        }
        if (cut.AsSpan().ContainsAny("{$"))
            cut = Unrendered().Replace(cut, "");
        if (cut.Contains("%!", StringComparison.Ordinal))
        {
            cut = FormatLeftover()
                .Replace(cut, static match => match.Groups["value"].Value is "<nil>" or "MISSING" ? "" : match.Groups["value"].Value);
        }
        return [.. cut.Split(['\n', '\r']).Select(Line).Where(static line => line.Length > 0)];
    }

    /// <summary>Line ends and tabs that a template wrote as a backslash and a letter.</summary>
    private static string WithLineEnds(string text) => WindowsPath().IsMatch(text)
        ? EscapedLineEnd().Replace(text, "\n")
        : text.Replace("\\r\\n", "\n", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\t", " ", StringComparison.Ordinal);

    private static string Line(string line)
    {
        var value = line.Contains("VALUE", StringComparison.Ordinal) ? GetValue().Match(line) : Match.Empty;
        var rest = Trimmed(Prefix().Replace(value.Success ? line.Remove(value.Index, value.Length) : line, ""));
        if (rest.AsSpan().ContainsAny(".+"))
            rest = LongNumber().Replace(rest, static number => Rounded(number.Value));
        if (!value.Success)
            return rest;
        var said = value.Groups["value"].Value;
        var read = said.Length == 0
            ? ""
            : $"Value: {(double.TryParse(said, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? Rounded(said) : said)}";
        return rest.Length == 0 || read.Length == 0 ? rest + read : $"{rest.TrimEnd('.')} ({char.ToLowerInvariant(read[0])}{read[1..]})";
    }

    private static string Rounded(string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < 1e15
            ? value.ToString(Math.Abs(value) < 1 ? "0.####" : "0.##", CultureInfo.InvariantCulture)
            : number;

    private static string Trimmed(string text)
    {
        var clean = text.AsSpan().ContainsAny("([\"'") ? EmptyBrackets().Replace(text, "") : text;
        if (HasBlanks(clean))
            clean = BeforePunctuation().Replace(Blanks().Replace(clean, " ").Trim(), "${mark}");
        clean = clean.Trim().TrimEnd(':', ',', ';', '-', '=', '|');
        return clean.Any(char.IsLetterOrDigit) ? clean.Trim() : "";
    }

    /// <summary>Whether there is a blank other than single spaces between words, or one before a punctuation mark.</summary>
    private static bool HasBlanks(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsWhiteSpace(text[at])
                && (text[at] != ' ' || (at + 1 < text.Length && (char.IsWhiteSpace(text[at + 1]) || ".,;:!?)".Contains(text[at + 1])))))
                return true;
        }
        return false;
    }

    // A drive or a share: there \n and \t may be the beginning of a name.
    [GeneratedRegex(@"[A-Za-z]:\\|\\\\[A-Za-z0-9]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WindowsPath();

    [GeneratedRegex(@"\\r?\\n(?=\s|\\|VALUE|LABELS|$)|\\n(?=[A-Z]+ ?=)", RegexOptions.CultureInvariant
        | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EscapedLineEnd();

    [GeneratedRegex(@"<no value>|&lt;no value&gt;|\[no value\]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
        | RegexOptions.NonBacktracking)]
    private static partial Regex NoValue();

    [GeneratedRegex(
        @"</?(?:a|b|i|u|p|br|hr|em|h[1-6]|li|ul|ol|td|th|tr|pre|div|code|font|span|body|html|head|table|tbody|thead|strong|small|img|"
            + @"style)(?:\s[^<>]{0,500})?/?>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
        | RegexOptions.NonBacktracking)]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,6});", RegexOptions.CultureInvariant
        | RegexOptions.NonBacktracking)]
    private static partial Regex Entity();

    [GeneratedRegex(
        @"(?:LABELS?\s*[=:]\s*)?map\[[^\]]*\]|LABELS?\s*[=:]\s*(?:\{[^}]*\})?|"
            + @"(?<![\w$])\{(?:\s*[A-Za-z_][A-Za-z0-9_]*=~?""[^""]*""\s*,?)+\s*\}", RegexOptions.CultureInvariant
                | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelMap();

    [GeneratedRegex(@"\[\s*var='[^']*'[^\[\]]*?(?:value=(?<value>[-+0-9.eE]+|null|NaN))?\s*\](?:,\s*\[\s*var='[^']*'[^\[\]]*\])*",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrafanaValue();

    [GeneratedRegex(@"\{\{[^{}]{0,300}\}\}|\$labels\.[A-Za-z_]+|\$value\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Unrendered();

    [GeneratedRegex(@"%!\(EXTRA [^)]*\)|%!\(NOVERB\)|%!(?:[A-Za-z%])?\((?:[A-Za-z0-9.*\[\]]+=)?(?<value>[^()]*)\)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FormatLeftover();

    [GeneratedRegex(@"\bVALUE\s*[=:]\s*(?<value>[-+]?[0-9][0-9.eE+-]*%?|NaN|[-+]?Inf)?", RegexOptions.CultureInvariant
        | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GetValue();

    // The state of the notification, which is told elsewhere, and pictures before the text.
    [GeneratedRegex(
        @"\A(?:[\s\p{So}\p{Cs}\p{Mn}\p{Cf}•*#>|-]|\[\s*(?:FIRING|RESOLVED|ALERTING|OK|NO ?DATA|PENDING|PROBLEM|RECOVERY|TRIGGERED|"
            + @"CRITICAL|WARNING|ERROR|INFO|P[1-5])(?:\s*:\s*[0-9]+)?[^\]]{0,20}\]|(?:FIRING|RESOLVED|ALERTING|PROBLEM|RECOVERY|"
            + @"TRIGGERED)\s*(?::\s*[0-9]+)?\s*[:|-])+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
                | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"[(\[]\s*instance:?\s+[^()\[\]]{0,300}[)\]]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
        | RegexOptions.NonBacktracking)]
    private static partial Regex InstanceIn();

    // Neither an address nor a version: no dot or digit beside it.
    [GeneratedRegex(
        @"(?<![\w.])[-+]?[0-9]+\.[0-9]{3,}(?:[eE][-+]?[0-9]+)?(?!\w|\.[0-9])|(?<![\w.])[-+]?[0-9](?:\.[0-9]+)?[eE]\+[0-9]+(?!\w)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongNumber();

    [GeneratedRegex(@"\(\s*[,;:%]?\s*\)|\[\s*[,;:%]?\s*\]|""\s*""|''", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EmptyBrackets();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\s+(?<mark>[.,;:!?)])", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex BeforePunctuation();
}

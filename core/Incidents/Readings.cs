using System.Text.RegularExpressions;

namespace DevOpsAI.Incidents;

/// <summary>
/// Measured values in an alert's name, as in <c>Disk C: 93% full</c>: they change while the alert stays the same. A number that names
/// something, as a port, a disk or an update does, has no unit of measurement and stays.
/// </summary>
public static partial class Readings
{
    /// <summary>The text with a placeholder for each value that was measured; sizes are alike whatever their unit.</summary>
    public static string Without(string text)
    {
        var plain = Measured().Replace(text, reading => IsPartOfName(text, reading) ? reading.Value : "#" + GetUnit(reading));
        return Lasting().Replace(plain, static lasting => $"{lasting.Groups["since"].Value}#t{lasting.Groups["left"].Value}");
    }

    /// <summary>As in <c>ws-042</c>, <c>KB5031234</c>, <c>p95</c> or <c>eth0/1</c>: what it is attached to is a name.</summary>
    private static bool IsPartOfName(string text, Match reading)
    {
        var before = reading.Index == 0 ? ' ' : text[reading.Index - 1];
        return char.IsLetterOrDigit(before)
            || before is '_' or '#'
            || (before is '.' or '/' && reading.Index > 1 && char.IsLetterOrDigit(text[reading.Index - 2]));
    }

    private static string GetUnit(Match reading)
    {
        if (reading.Groups["percent"].Success)
            return "%";
        if (reading.Groups["size"].Success)
            return "b";
        if (reading.Groups["degrees"].Success)
            return "°";
        return reading.Groups["time"].Success ? "t" : reading.Groups["other"].Value.ToLowerInvariant();
    }

    private const string Number = "[0-9]+([.,][0-9]+)*";

    private const string Span = @"[0-9]+([.,][0-9]+)?\s?(s|sec|secs|seconds?|min|mins|minutes?|h|hrs?|hours?|d|days?|weeks?)";

    private const RegexOptions Plain =
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    [GeneratedRegex(
        "-?" + Number + @"(\s?(/|of)\s?" + Number + @")?\s?("
            + @"(?<percent>[%％]\B|percent\b|pct\b)|(?<size>[KMGTP]i?B\b|bytes\b)|(?<time>ms\b|msec\b|milliseconds?\b)"
            + @"|(?<degrees>°\s?[CF]\b|[°℃℉]|degrees\b)|(?<other>rpm\b|dBm\b))",
        Plain)]
    private static partial Regex Measured();

    /// <summary>How long it has lasted or has left; a span that says what is measured, as in <c>5 min load</c>, is no reading.</summary>
    [GeneratedRegex(@"(?<since>\b(for|since|in|took)\s)" + Span + @"\b|\b" + Span + @"(?<left>\s(ago|left|remaining|overdue)\b)", Plain)]
    private static partial Regex Lasting();
}

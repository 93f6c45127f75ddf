using System.Globalization;
using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>Times with any number of fractional digits (Prometheus sends nine, .NET keeps seven) and always an offset.</summary>
public static partial class Rfc3339
{
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        // What most senders write; the rest is looked at closely.
        if (text is [.., >= '0' and <= '9', 'Z'] && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            return true;
        if (text is null || text.Length > 64 || Shape().Match(text) is not { Success: true } match)
            return false;
        var fraction = match.Groups["fraction"].Value;
        // A leap second is told as the second before it, which is the closest that .NET can say.
        var seconds = match.Groups["seconds"].Value == "60" ? "59" : match.Groups["seconds"].Value;
        var readable =
            $"{match.Groups["date"].Value}T{match.Groups["minutes"].Value}:{seconds}{fraction[..Math.Min(8, fraction.Length)]}"
            + $"{match.Groups["offset"].Value}";
        return DateTimeOffset.TryParse(readable.ToUpperInvariant(), CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal, out time);
    }

    [GeneratedRegex(
        @"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?<minutes>[0-9]{2}:[0-9]{2}):(?<seconds>[0-9]{2})(?<fraction>\.[0-9]+)?(?<offset>["
            + @"Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}

using System.Text.RegularExpressions;
using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>
/// The things that an alert's name itself names, as tools do that build it from a template: <c>Service "W32Time" (Windows Time) is not
/// running</c>, <c>FS [/var]: Space is low</c>. What is named so is meant, and no other; its words say nothing about what kind of alert it
/// is.
/// </summary>
internal static partial class NamedInText
{
    /// <summary>What the name names for a parameter of this kind, as it is written; without repetitions.</summary>
    public static IReadOnlyList<string> Values(ParameterRule rule, string kind)
    {
        if (rule.From.Count == 0)
            return [];
        var named = Quoted().Matches(kind).Concat(rule.Form == ParameterForm.Service ? Service().Matches(kind) : [])
            .Select(static match => match.Groups["thing"].Value.Trim());
        return rule.Form == ParameterForm.Volume
            ? [.. Volume().Matches(kind).Select(static match => match.Value).Distinct(StringComparer.OrdinalIgnoreCase)]
            : [.. named.Where(static text => text.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>
    /// The first thing that a text names, whatever it is: a service, else what stands in quotes, else a drive or a path; null where it
    /// names none, or the device alone.
    /// </summary>
    public static string? First(string text, string device) => new[] { Service(), Quoted(), Volume() }
        .SelectMany(pattern => pattern.Matches(text))
        .Select(static match => (match.Groups["thing"] is { Success: true } thing ? thing.Value : match.Value).Trim(' ', '\\'))
        .FirstOrDefault(named => named.Length > 0 && !EventKeys.ShortName(named).Equals(device, StringComparison.OrdinalIgnoreCase));

    /// <summary>The parts of the name that name a thing which the runbook treats or where it is, rather than say what happened.</summary>
    public static IReadOnlySet<string> Words(Runbook runbook, string kind, IReadOnlyDictionary<string, string> attributes)
    {
        var parts = new List<string>();
        if (runbook.Parameters.Any(static rule => rule.From.Count > 0))
            parts.AddRange(Quoted().Matches(kind).Select(static match => match.Value));
        if (runbook.Parameters.Any(static rule => rule is { Form: ParameterForm.Service, From.Count: > 0 }))
            parts.AddRange(Service().Matches(kind).Select(static match => match.Groups["thing"].Value));
        if (runbook.Parameters.Any(static rule => rule.Form == ParameterForm.Volume))
            parts.AddRange(Volume().Matches(kind).Select(static match => match.Value));
        var labels = runbook.Parameters.SelectMany(static rule => rule.From).Select(static from => from.Name).Concat(runbook.Target.From);
        parts.AddRange(labels.Select(attributes.Attribute).OfType<string>()
            .Where(text => text.Trim().Length > 1 && Holds(kind, text.Trim())));
        parts.AddRange(MatchVocabulary.Devices(attributes).SelectMany(device => Host().Matches(kind)
            .Select(static match => match.Value)
            .Where(text => text.StartsWith(device + ".", StringComparison.OrdinalIgnoreCase))));
        return parts.SelectMany(static part => AlertName.From(part).Words).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>As a whole: <c>ERP</c> is in <c>Job 'ERP' failed</c>, not in <c>InterpolationFailed</c>.</summary>
    private static bool Holds(string kind, string text)
    {
        for (var at = kind.IndexOf(text, StringComparison.OrdinalIgnoreCase); at >= 0; at =
            kind.IndexOf(text, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + text.Length;
            if ((at == 0 || !char.IsLetterOrDigit(kind[at - 1])) && (end == kind.Length || !char.IsLetterOrDigit(kind[end])))
                return true;
        }
        return false;
    }

    // In quotes, and behind it the name for people in brackets: "MSSQLSERVER" (SQL Server (MSSQLSERVER)).
    [GeneratedRegex("""(?<![\p{L}\p{Nd}])(?:"(?<thing>[^"]{1,100})"|'(?<thing>[^']{1,100})'"""
        + """|„(?<thing>[^“”]{1,100})[“”]|“(?<thing>[^”]{1,100})”|«(?<thing>[^»]{1,100})»)"""
        + """(?![\p{L}\p{Nd}])(?:\s*\([^()]{0,100}(?:\([^()]{0,100}\)[^()]{0,100})?\))?""",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    // Between the word for a service and a state that only services of a system have: Service MSSQLSERVER: stopped.
    [GeneratedRegex(
        @"\b(?:service|dienst|servicio)\s+(?!(?:bus|desk|mesh|accounts?|principal|health|check|discovery|fabric|catalog|monitor|state|"
            + @"status|is|has|was|not|level)\b)(?<thing>[A-Za-z0-9_.$@-]{2,64})(?=:?\s+(?:is\s+|has\s+|was\s+)?(?:stopped|not\s+running|"
            + @"gestoppt|beendet|angehalten|detenido)\b)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Service();

    // A drive, or a path that begins at the root.
    [GeneratedRegex(@"(?<![\p{L}\p{Nd}])[A-Za-z]:(?=[\\/]?(?:[\s\])>,;:""'.]|\z))|(?<![\w/:.<%)])/(?:[\w.-]+/?)*(?=[\s\]):,;""']|\z)",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Volume();

    [GeneratedRegex(@"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Host();
}

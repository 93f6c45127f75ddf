using System.Collections.Frozen;
using System.Reflection;
using System.Text;

namespace DevOpsAI.Incidents;

/// <summary>
/// Tells alerts about security from others, by the words in <c>security-alerts.txt</c>. It decides what is never gathered with other alerts
/// and is posted before them; nothing is done because of it, so a word too many costs a card and a word too few hides an attack.
/// </summary>
internal static class SecurityAlerts
{
    private static readonly string[] CategoryLabels =
    [
        "category", "area", "class", "domain", "product", "source", "type", "team", "event_category", "alert_type", "service_source",
        "vendor", "provider", "sensor", "log_source", "rule", "rule_name", "groups", "threat_name", "detection", "ce.source", "ce.type",
    ];

    private static readonly FrozenDictionary<char, char> PlainLetters = Plain(
        "aàáâãäåāăą", "cçćĉċč", "dďđ", "eèéêëēĕėęě", "gĝğġģ", "iìíîïĩīĭįı", "lĺļľŀł", "nñńņň", "oòóôõöøōŏő", "rŕŗř", "sśŝşšș", "tţťŧț",
        "uùúûüũūŭůűų", "yýÿŷ", "zźżž");

    private static readonly SecurityTerms Terms = Read();

    public static bool Is(string kind, string title, IReadOnlyDictionary<string, string> attributes)
    {
        if (Says(kind) || Says(title))
            return true;
        foreach (var (name, value) in attributes)
        {
            if (name.Contains("mitre", StringComparison.OrdinalIgnoreCase) || name.Equals("tactic", StringComparison.OrdinalIgnoreCase)
                || name.Equals("tactics", StringComparison.OrdinalIgnoreCase))
                return true;
            if (CategoryLabels.Contains(name, StringComparer.OrdinalIgnoreCase)
                && (Says(value) || value.Contains("security", StringComparison.OrdinalIgnoreCase)))
                return true;
        }
        return false;
    }

    /// <summary>Every word of one of the terms is there, in any order.</summary>
    private static bool Says(string text) => text.Length > 0 && Terms.AnyIn(Words(text));

    /// <summary>
    /// Lower case without accents, parted at everything that is no letter or digit and where small letters turn to capitals; compounds
    /// count whole too, as in <c>BruteForce</c>.
    /// </summary>
    private static HashSet<string> Words(string sent)
    {
        var text = WithoutAccents(sent);
        var words = new HashSet<string>(StringComparer.Ordinal);
        var begin = 0;
        var whole = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            var ends = at == text.Length || !char.IsLetterOrDigit(text[at]);
            var turns = !ends && at > begin && char.IsUpper(text[at])
                && (!char.IsUpper(text[at - 1]) || (at + 1 < text.Length && char.IsLower(text[at + 1])));
            if (!ends && !turns)
                continue;
            Add(begin, at);
            begin = at;
            if (!ends)
                continue;
            if (whole < at)
                Add(whole, at);
            begin = whole = at + 1;
        }
        return words;

        void Add(int from, int to)
        {
            if (to > from)
                words.Add(text[from..to].ToLowerInvariant());
        }
    }

    /// <summary>
    /// As in <c>détecté</c>, which people also write <c>detecte</c>. By a table, because the bot runs without ICU, which could take letters
    /// apart.
    /// </summary>
    private static string WithoutAccents(string text) =>
        Ascii.IsValid(text) ? text : string.Create(text.Length, text, static (plain, sent) =>
    {
        for (var at = 0; at < sent.Length; at++)
            plain[at] = PlainLetters.GetValueOrDefault(sent[at], sent[at]);
    });

    /// <param name="letters">The plain letter of each, and those that count as it.</param>
    private static FrozenDictionary<char, char> Plain(params string[] letters) => letters
        .SelectMany(static group =>
            group[1..].SelectMany(
                accented => new[] { (accented, group[0]), (char.ToUpperInvariant(accented), char.ToUpperInvariant(group[0])) }))
        .DistinctBy(static pair => pair.Item1)
        .Where(static pair => pair.Item1 > 'z')
        .ToFrozenDictionary(static pair => pair.Item1, static pair => pair.Item2);

    private static SecurityTerms Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("security-alerts.txt")!;
        using var reader = new StreamReader(stream);
        return new(reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => WithoutAccents(line.ToLowerInvariant()).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }
}

using System.Collections.Frozen;
using System.Reflection;

namespace DevOpsAI.Incidents;

/// <summary>
/// Tells alerts about security from others, by the words in <c>security-alerts.txt</c>. It decides what is never gathered with other alerts
/// and is posted before them; nothing is done because of it, so a word too many costs a card and a word too few hides an attack.
/// </summary>
internal static class SecurityAlerts
{
    private const int LongestWord = 24;
    private static readonly string[] CategoryLabels = ["category", "area", "class", "domain", "product", "source", "type", "team", "event_category", "alert_type", "service_source"];
    private static readonly FrozenDictionary<string, string[][]> Terms = Read();

    public static bool Is(string kind, string title, IReadOnlyDictionary<string, string> attributes)
    {
        if (Says(kind) || Says(title))
            return true;
        foreach (var (name, value) in attributes)
        {
            if (name.Contains("mitre", StringComparison.OrdinalIgnoreCase) || name.Equals("tactic", StringComparison.OrdinalIgnoreCase) || name.Equals("tactics", StringComparison.OrdinalIgnoreCase))
                return true;
            if (CategoryLabels.Contains(name, StringComparer.OrdinalIgnoreCase) && (Says(value) || value.Contains("security", StringComparison.OrdinalIgnoreCase)))
                return true;
        }
        return false;
    }

    /// <summary>Every word of one of the terms is there, in any order.</summary>
    private static bool Says(string text)
    {
        var words = Words(text);
        foreach (var word in words)
        {
            if (Terms.TryGetValue(word, out var terms) && Array.Exists(terms, term => Array.TrueForAll(term, words.Contains)))
                return true;
        }
        return false;
    }

    /// <summary>Lower case, parted at everything that is no letter or digit and where small letters turn to capitals; compounds count whole too, as in <c>BruteForce</c>.</summary>
    private static HashSet<string> Words(string text)
    {
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
            if (to > from && to - from <= LongestWord)
                words.Add(text[from..to].ToLowerInvariant());
        }
    }

    private static FrozenDictionary<string, string[][]> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("security-alerts.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .GroupBy(static term => term[0])
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>What people type, made uniform: odd spaces, dashes, quotes, punctuation, and the spelling of incidents' ids. Pure.</summary>
internal static partial class TypedText
{
    private const int MaxLength = 2_000;

    private static readonly HashSet<string> Polite = new(StringComparer.OrdinalIgnoreCase)
        { "please", "pls", "bot", "hey", "can", "could", "you", "me", "the", "a", "for", "incident", "card", "of", "is", "kindly", "now",
            "to" };

    private static readonly HashSet<string> Joining = new(
        StringComparer.OrdinalIgnoreCase) { "role", "for", "to", "from", "at", "in", "as", "the" };

    private static readonly HashSet<string> Asking = new(StringComparer.OrdinalIgnoreCase)
        { "who", "what", "which", "why", "when", "where", "how", "is", "are", "was", "were", "did", "does", "do", "has", "have", "will",
            "whose" };

    /// <summary>Words that mean nothing, unless a client is called so.</summary>
    public static bool MeansNothing(string word) => Polite.Contains(word) || Joining.Contains(word);

    public static bool IsPolite(string word) => Polite.Contains(word);

    public static bool IsJoining(string word) => Joining.Contains(word);

    /// <summary>
    /// What begins with this word is a question rather than a command, whatever it asks: "is the freeze lifted?" freezes nothing.
    /// </summary>
    public static bool BeginsQuestion(string word) => Asking.Contains(word);

    /// <summary>One line with plain spaces and dashes, without what cannot be seen.</summary>
    public static string Clean(string? text)
    {
        var clean = new StringBuilder();
        foreach (var c in (text ?? "").AsSpan(0, Math.Min(text?.Length ?? 0, MaxLength)))
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || c is '\u00A0')
                clean.Append(' ');
            else if (char.GetUnicodeCategory(c) == UnicodeCategory.Format)
                continue;
            else
                clean.Append(c is '–' or '—' or '‑' or '‐' or '−' ? '-' : c);
        }
        return clean.ToString().Trim();
    }

    public static List<string> Words(string clean) => [.. Split(clean).Select(Bare)];

    /// <summary>The last words as they were typed, but for quotes around them: a reason goes on record and keeps its punctuation.</summary>
    public static IEnumerable<string> LastAsTyped(string clean, int count) =>
        Split(clean).TakeLast(count).Select(static word => word.Trim('"', '“', '”'));

    /// <summary>The incident id in some words, as <c>CON-1001</c>; null when there is none.</summary>
    public static IncidentId? FindIncident(string words) => FindIncident(words, static _ => true);

    /// <summary>The first that is one.</summary>
    public static IncidentId? FindIncident(string words, Func<IncidentId, bool> isIncident)
    {
        for (var match = Id().Match(words); match.Success; match = match.NextMatch())
        {
            var text = $"{match.Groups["prefix"].Value}-{match.Groups["number"].Value.TrimStart('0')}";
            if (IncidentId.TryParse(text, out var id) && isIncident(id))
                return id;
        }
        return null;
    }

    private static IEnumerable<string> Split(string clean) =>
        clean.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static word => Bare(word).Length > 0);

    private static string Bare(string word) => word == "?"
        ? word
        : word.Trim('"', '\'', '`', '“', '”', '‘', '’', '«', '»', '„', ',', '.', '!', '?', ';', ':', '(', ')', '*', '<', '>', '/');

    [GeneratedRegex(
        @"(?:^|[\s#])#?(?<prefix>[A-Za-z]{2,5})[\s\-_#]{0,3}(?<number>\d{1,9})(?=$|\W)", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}

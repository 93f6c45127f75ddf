using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>A message as the plain questions read it: words in lower case, without greetings. Pure.</summary>
public sealed class QuestionText
{
    private static readonly HashSet<string> Greetings = new(
        StringComparer.Ordinal) { "please", "hey", "hi", "bot", "and", "so", "ok", "would" };

    private static readonly HashSet<string> Articles = new(StringComparer.Ordinal)
        { "the", "our", "my", "device", "server", "client", "incident", "user", "host", "machine" };

    private static readonly HashSet<string> Filling = new(StringComparer.Ordinal)
    {
        "is", "are", "client", "clients", "the", "now", "currently", "still", "right", "today", "anything", "everything", "anybody",
        "anyone", "any",
        "we", "us", "here", "at", "for",
    };

    private static readonly HashSet<string> NoName = new(StringComparer.Ordinal)
        { "today", "yesterday", "now", "night", "last", "week", "day", "this", "it", "do", "you" };

    private readonly KnownNames names;

    internal QuestionText(IReadOnlyList<string> words, string whole, KnownNames names)
    {
        this.names = names;
        Whole = whole;
        var said = words.Select(static word => word.ToLowerInvariant()).ToList();
        var start = 0;
        while (start < said.Count && IsOpening(said[start]))
            start++;
        Words = said[start..];
    }

    /// <summary>In lower case, without punctuation and without what only greets or asks nicely.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The whole message on one line, as typed.</summary>
    public string Whole { get; }

    /// <summary>An incident's id, whatever client it may be of.</summary>
    public IncidentId? IncidentId => TypedText.FindIncident(string.Join(' ', Words));

    /// <summary>
    /// An incident's id of a client that the person may see; a name such as <c>SRV-01</c>, which may be a device's as well, only where some
    /// client's incidents begin so.
    /// </summary>
    public IncidentId? KnownIncidentId => TypedText.FindIncident(string.Join(' ', Words), names.IsIncident);

    /// <summary>Whether the question is about what the bot did without asking anybody.</summary>
    public bool IsByItself =>
        Has("itself", "automatically", "unasked", "unattended", "yourself")
        || (Has("without") && Has("asking", "approval", "being"))
        || (Has("own") && Has("its", "your"));

    /// <summary>How far back is asked for; null where no time is said.</summary>
    public TimeSpan? Last
    {
        get
        {
            if (Has("month", "month's"))
                return TimeSpan.FromDays(31);
            if (Has("week", "week's", "lately"))
                return TimeSpan.FromDays(7);
            return Has("night", "day", "today", "tonight", "yesterday", "overnight", "morning") ? TimeSpan.FromDays(1) : null;
        }
    }

    /// <summary>Whether one of these words is said.</summary>
    public bool Has(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Words.Contains(word, StringComparer.Ordinal))
                return true;
        }
        return false;
    }

    /// <summary>The word that one of these introduces, behind an article; null where none is, or only a time.</summary>
    public string? After(params ReadOnlySpan<string> introducing)
    {
        for (var at = Words.Count - 2; at >= 0; at--)
        {
            if (!introducing.Contains(Words[at]))
                continue;
            var word = at + 1;
            while (word < Words.Count - 1 && Articles.Contains(Words[word]))
                word++;
            if (!NoName.Contains(Words[word]))
                return Words[word];
        }
        return null;
    }

    /// <summary>An article, or what stands where one does: no name.</summary>
    internal static bool IsArticle(string word) => Articles.Contains(word);

    /// <summary>A word that a question about what is so now may hold anywhere: no name either.</summary>
    internal static bool IsFilling(string word) => Filling.Contains(word);

    private static bool IsOpening(string word) => !TypedText.BeginsQuestion(word) && (Greetings.Contains(word) || TypedText.IsPolite(word));
}

namespace DevOpsAI.Bot.Conversation;

/// <summary>
/// Questions as people ask them, by their words alone: the same words are always read the same way, and none of them acts. A question that is
/// not surely one of these is none: whoever is asked back loses a moment, whoever is answered something else is misled. Pure.
/// </summary>
internal static class PlainQuestions
{
    /// <summary>How people may ask, as the help says it; each is understood.</summary>
    public static readonly IReadOnlyList<string> Examples =
    [
        "what is waiting for contoso?",
        "who approved CON-1001 and why?",
        "who can approve CON-1001?",
        "what happened to SRV-FILE01 today?",
        "what did the bot do by itself today?",
        "how did last week go for contoso?",
        "is contoso frozen?",
    ];

    /// <summary>How far back it is looked where nobody says so.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    private static readonly HashSet<string> Filling = new(StringComparer.OrdinalIgnoreCase)
        { "is", "are", "client", "clients", "the", "now", "currently", "still", "right", "today", "anything", "everything", "anybody", "anyone", "any", "we", "us", "here", "at", "for" };

    private static readonly HashSet<string> Articles = new(StringComparer.OrdinalIgnoreCase) { "the", "our", "my", "device", "server", "client", "incident", "user", "host", "machine" };

    private static readonly HashSet<string> Asking = new(StringComparer.OrdinalIgnoreCase)
        { "who", "what", "which", "why", "when", "where", "how", "is", "are", "was", "were", "did", "does", "do", "has", "have", "will", "whose" };

    /// <summary>Null when it is no such question.</summary>
    public static Command? Read(IReadOnlyList<string> words, string clean)
    {
        var said = words.Select(static word => word.ToLowerInvariant()).ToList();
        while (said.Count > 0 && said[0] is "please" or "hey" or "hi" or "bot" or "and" or "so" or "ok")
            said.RemoveAt(0);
        return said switch
        {
            ["who", ..] when CommandParser.IncidentId(clean) is { } id => WhoAbout(said, id),
            ["is" or "are", ..] when said.Contains("frozen") && CommandParser.IncidentId(clean) is null => new Command.IsFrozen(ClientIn(said)),
            ["what" or "which" or "did" or "has", ..] when IsByItself(said) => new Command.ByItself(After(said, "for", "at"), Last(said) ?? TimeSpan.FromDays(1)),
            ["what", "did", "you" or "the", "do" or "bot", ..] => new Command.Digest(After(said, "for", "at", "with"), Last(said) ?? TimeSpan.FromDays(1)),
            ["what", "happened" or "happens", ..] or ["what", "has" or "have", "happened", ..] => Happened(said, clean),
            ["how", ..] when said.Exists(static word => word is "go" or "went" or "going") && Last(said) is { } last => new Command.Digest(After(said, "for", "at", "with"), last),
            _ => null,
        };
    }

    /// <summary>What begins with this word is a question rather than an order, whatever it asks.</summary>
    public static bool BeginsAsOne(string word) => Asking.Contains(word);

    private static Command? WhoAbout(List<string> said, string id)
    {
        if (said.Exists(static word => word is "can" or "may" or "could" or "should" or "must"))
            return new Command.WhoCan(id);
        return said.Exists(static word => word is "approved" or "rejected" or "decided" or "handled" or "did" or "ran" or "snoozed" or "undid" or "asked") ? new Command.WhoDecided(id) : null;
    }

    private static bool IsByItself(List<string> said) =>
        said.Exists(static word => word is "itself" or "automatically" or "unasked" or "unattended" or "yourself")
        || (said.Contains("without") && said.Exists(static word => word is "asking" or "approval" or "being"))
        || (said.Contains("own") && said.Exists(static word => word is "its" or "your"));

    /// <summary>To a device, a client or an incident; to nothing in particular means the client of the conversation.</summary>
    private static Command Happened(List<string> said, string clean)
    {
        var last = Last(said);
        if (CommandParser.IncidentId(clean) is { } id && After(said, "to", "with", "in") is not null)
            return new Command.Why(id);
        return After(said, "to", "with", "on", "about") is { } thing
            ? new Command.Happened(thing, After(said, "at", "for"), last ?? Lately)
            : new Command.Digest(After(said, "for", "at"), last ?? TimeSpan.FromDays(1));
    }

    private static string? ClientIn(List<string> said) => said.Find(static word => word != "frozen" && !Filling.Contains(word));

    private static TimeSpan? Last(List<string> said)
    {
        if (said.Exists(static word => word is "month" or "month's"))
            return TimeSpan.FromDays(31);
        if (said.Exists(static word => word is "week" or "week's" or "lately"))
            return Lately;
        return said.Exists(static word => word is "night" or "day" or "today" or "tonight" or "yesterday" or "overnight" or "morning") ? TimeSpan.FromDays(1) : null;
    }

    /// <summary>The word that one of these introduces, behind an article; null where none is, or only a time.</summary>
    private static string? After(List<string> said, params ReadOnlySpan<string> introducing)
    {
        for (var at = said.Count - 2; at >= 0; at--)
        {
            if (!introducing.Contains(said[at]))
                continue;
            var word = at + 1;
            while (word < said.Count - 1 && Articles.Contains(said[word]))
                word++;
            if (said[word] is not ("today" or "yesterday" or "now" or "night" or "last" or "week" or "day" or "this" or "it" or "do" or "you"))
                return said[word];
        }
        return null;
    }
}

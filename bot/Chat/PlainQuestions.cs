namespace DevOpsAI.Bot.Chat;

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
        "is SRV-FILE01 ok?",
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

    private static readonly HashSet<string> Conditions = new(StringComparer.OrdinalIgnoreCase)
        { "ok", "okay", "fine", "healthy", "well", "alright", "good", "up", "down", "online", "offline", "reachable", "alive", "dead", "broken", "slow" };

    private static readonly HashSet<string> NoThing = new(StringComparer.OrdinalIgnoreCase)
        { "it", "that", "these", "those", "they", "there", "things", "all", "everyone", "you", "i", "he", "she", "nothing", "something", "going" };

    /// <summary>Null when it is no such question.</summary>
    /// <param name="isIncident">Whether an id such as <c>SRV-01</c>, which may be a device's name as well, is an incident's.</param>
    public static Command? Read(IReadOnlyList<string> words, string clean, Func<string, bool> isIncident)
    {
        var said = words.Select(static word => word.ToLowerInvariant()).ToList();
        while (said.Count > 0 && said[0] is "please" or "hey" or "hi" or "bot" or "and" or "so" or "ok")
            said.RemoveAt(0);
        if (said is ["can" or "could" or "would", "you", ..])
            said.RemoveRange(0, 2);
        return said switch
        {
            ["who", ..] when CommandParser.IncidentId(clean) is { } id => WhoAbout(said, id),
            ["is" or "are", ..] when said.Contains("frozen") && CommandParser.IncidentId(clean) is null => new Command.IsFrozen(ClientIn(said)),
            ["what" or "which" or "did" or "has", ..] when IsByItself(said) => new Command.ByItself(After(said, "for", "at"), Last(said) ?? TimeSpan.FromDays(1)),
            ["what", "did", "you" or "the", "do" or "bot", ..] => new Command.Digest(After(said, "for", "at", "with"), Last(said) ?? TimeSpan.FromDays(1)),
            ["what", "happened" or "happens", ..] or ["what", "has" or "have", "happened", ..] => Happened(said, clean, isIncident),
            ["show" or "tell" or "give" or "what" or "what's" or "whats" or "everything" or "anything" or "all", ..] when said.Contains("about") =>
                About(said, said[(said.IndexOf("about") + 1)..], isIncident),
            ["is" or "are" or "was", ..] when said.FindIndex(Conditions.Contains) is > 1 and var condition => About(said, said[1..condition], isIncident),
            ["how", ..] when said.Exists(static word => word is "go" or "went" or "going") && Last(said) is { } last => new Command.Digest(After(said, "for", "at", "with"), last),
            ["how", "is" or "are", ..] => About(said, said[2..], isIncident),
            ["why", ..] => WhyOfDevice(said, clean, isIncident),
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
    private static Command Happened(List<string> said, string clean, Func<string, bool> isIncident)
    {
        var last = Last(said);
        if (CommandParser.IncidentId(clean, isIncident) is { } id && After(said, "to", "with", "in") is not null)
            return new Command.Why(id);
        return After(said, "to", "with", "on", "about") is { } thing
            ? new Command.Happened(thing, After(said, "at", "for"), last ?? Lately)
            : new Command.Digest(After(said, "for", "at"), last ?? TimeSpan.FromDays(1));
    }

    /// <summary>One device in these words, perhaps with its client; null for anything else, above all for an incident, whose card says more.</summary>
    private static Command.Happened? About(List<string> said, List<string> part, Func<string, bool> isIncident)
    {
        if (CommandParser.IncidentId(string.Join(' ', said), isIncident) is not null)
            return null;
        var things = part.TakeWhile(static word => word is not ("at" or "for"))
            .Where(static word => !Articles.Contains(word) && !Filling.Contains(word) && !IsBeside(word)).ToList();
        return things is [var thing] && !NoThing.Contains(thing) ? new(thing, After(said, "at", "for"), Last(said) ?? Lately) : null;
    }

    /// <summary>Why a device is as it is cannot be told; what was reported of it can. A name alone is left to the command <c>why</c>.</summary>
    private static Command? WhyOfDevice(List<string> said, string clean, Func<string, bool> isIncident)
    {
        if (said.Count < 3 || CommandParser.IncidentId(string.Join(' ', said), isIncident) is not null)
            return null;
        return said.Skip(1).Where(IsName).Distinct().ToList() switch
        {
            [] => null,
            [var device] => new Command.Happened(device, After(said, "at", "for"), Last(said) ?? Lately),
            _ => new Command.UnknownQuestion(clean),
        };
    }

    /// <summary>No word of the language.</summary>
    private static bool IsName(string word) => char.IsAsciiLetter(word[0]) && (word.Any(char.IsAsciiDigit) || word.Contains('@', StringComparison.Ordinal));

    private static string? ClientIn(List<string> said) => said.Find(static word => word != "frozen" && !Filling.Contains(word));

    private static TimeSpan? Last(List<string> said)
    {
        if (said.Exists(static word => word is "month" or "month's"))
            return TimeSpan.FromDays(31);
        if (said.Exists(static word => word is "week" or "week's" or "lately"))
            return Lately;
        return said.Exists(static word => word is "night" or "day" or "today" or "tonight" or "yesterday" or "overnight" or "morning") ? TimeSpan.FromDays(1) : null;
    }

    /// <summary>When, or nothing.</summary>
    private static bool IsBeside(string word) =>
        word is "doing" or "today" or "yesterday" or "tonight" or "lately" or "again" or "this" or "last" or "week" or "morning" or "month" or "night" or "please";

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

namespace DevOpsAI.Bot.Conversation;

/// <summary>Questions as people ask them, by their words alone: the same words are always read the same way, and none of them acts. Pure.</summary>
internal static class PlainQuestions
{
    private static readonly HashSet<string> Filling = new(StringComparer.OrdinalIgnoreCase) { "is", "are", "client", "the", "now", "currently", "still", "right", "today" };

    /// <summary>Null when it is no such question.</summary>
    public static Command? Read(IReadOnlyList<string> words, string clean)
    {
        var said = words.Select(static word => word.ToLowerInvariant()).ToList();
        while (said.Count > 0 && said[0] is "please" or "hey" or "hi" or "bot" or "and")
            said.RemoveAt(0);
        return said switch
        {
            ["who", ..] when CommandParser.IncidentId(clean) is { } id => WhoAbout(said, id),
            ["is" or "are", ..] when said.Contains("frozen") => new Command.IsFrozen(ClientIn(said)),
            ["how" or "what", ..] when said.Exists(static word => word is "go" or "went" or "going" or "happened") && Last(said) is { } last => new Command.Digest(AfterFor(said), last),
            _ => null,
        };
    }

    private static Command? WhoAbout(List<string> said, string id)
    {
        if (said.Exists(static word => word is "can" or "may" or "could" or "should" or "must"))
            return new Command.WhoCan(id);
        return said.Exists(static word => word is "approved" or "rejected" or "decided" or "handled" or "did" or "ran" or "snoozed") ? new Command.WhoDecided(id) : null;
    }

    private static string? ClientIn(List<string> said) => said.Find(static word => word != "frozen" && word != "are" && !Filling.Contains(word));

    private static TimeSpan? Last(List<string> said)
    {
        if (said.Exists(static word => word is "week" or "week's"))
            return TimeSpan.FromDays(7);
        return said.Exists(static word => word is "night" or "day" or "yesterday" or "overnight") ? TimeSpan.FromDays(1) : null;
    }

    private static string? AfterFor(List<string> said)
    {
        var at = said.FindLastIndex(static word => word is "for" or "at" or "with");
        return at >= 0 && at + 1 < said.Count ? said[at + 1] : null;
    }
}

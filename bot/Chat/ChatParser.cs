namespace DevOpsAI.Bot.Chat;

/// <summary>
/// Understands typed words by the commands and questions that are registered. Forgiving about case, politeness, quotes, punctuation, odd
/// spaces and the spelling of ids (<c>con 1001</c>, <c>#CON1001</c>, <c>CON–1001</c>); pure.
/// </summary>
internal sealed class ChatParser(ChatCatalog catalog)
{
    private const string NothingSaid = "help";

    /// <param name="text">The message without the bot's mention.</param>
    /// <param name="clients">Polite words that name a client which the person may see.</param>
    /// <param name="prefixes">Of incidents of clients that the person may see; null where any may be one.</param>
    public ChatRequest Parse(string? text, IReadOnlyCollection<string>? clients = null, IReadOnlyCollection<string>? prefixes = null)
    {
        var clean = TypedText.Clean(text);
        if (clean.Length == 0)
            clean = NothingSaid;
        var names = new KnownNames(clients ?? [], prefixes);
        var words = TypedText.Words(clean);
        var question = new QuestionText(words, clean, names);
        if (catalog.Questions.Select(one => one.Read(question)).FirstOrDefault(static read => read is not null) is { } asked)
            return asked;
        words = words[PoliteBeginning(words)..];
        return catalog.Find(words) is var (command, length)
            ? command.Read(new(words[length..], clean, names))
            : Unnamed(new(words, clean, names));
    }

    private ChatRequest Unnamed(CommandText text)
    {
        if (catalog.Commands.Select(command => command.ReadUnnamed(text)).FirstOrDefault(static read => read is not null) is { } meant)
            return meant;
        var verb = text.Words.Count > 0 ? text.Words[0].ToLowerInvariant() : "";
        if (TypedText.BeginsQuestion(verb))
            return ChatRequest.UnknownQuery(text.Whole);
        var nearest = verb.Length > 0 ? catalog.Nearest(verb) : [];
        return nearest.Count == 0 && text.Whole.EndsWith('?') && verb.Length > 0
            ? ChatRequest.UnknownQuery(text.Whole)
            : ChatRequest.Unknown(text.Whole, nearest);
    }

    private static int PoliteBeginning(List<string> words)
    {
        var count = 0;
        while (count < words.Count - 1 && TypedText.IsPolite(words[count]) && !TypedText.BeginsQuestion(words[count]))
            count++;
        return count;
    }
}

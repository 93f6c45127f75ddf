using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Names that only whoever types may mean.</summary>
/// <param name="Clients">
/// Words that mean nothing elsewhere but name a client which the person may see, such as <c>a</c> or <c>CAN</c>.
/// </param>
/// <param name="Prefixes">Of incidents of clients that the person may see; null where any may be one.</param>
internal sealed record KnownNames(IReadOnlyCollection<string> Clients, IReadOnlyCollection<string>? Prefixes)
{
    public bool IsClient(string word) => Clients.Contains(word, StringComparer.OrdinalIgnoreCase);

    public bool IsIncident(IncidentId id) => Prefixes is null || Prefixes.Contains(id.Prefix, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What was typed after a command's name; all of it where no command was named.</summary>
public sealed class CommandText
{
    private readonly KnownNames names;

    internal CommandText(IReadOnlyList<string> words, string whole, KnownNames names)
    {
        Words = words;
        Whole = whole;
        this.names = names;
    }

    /// <summary>Without punctuation around them.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The whole message on one line, with the command's name and the punctuation.</summary>
    public string Whole { get; }

    /// <summary>The first word that means something; a polite one only where nothing else is there and a client is called so.</summary>
    public string? Client => ClientIn(Words);

    /// <summary>The id of one incident, of a client that the person may see where there is one; null when there is none.</summary>
    public IncidentId? IncidentId
    {
        get
        {
            var text = string.Join(' ', Words);
            return TypedText.FindIncident(text, names.IsIncident) ?? TypedText.FindIncident(text);
        }
    }

    /// <summary>
    /// For a reason, which goes on record: the first word may be a client's name and is bare, the others keep their punctuation.
    /// </summary>
    public IReadOnlyList<string> AsTyped => Words.Count == 0 ? [] : [Words[0], .. TypedText.LastAsTyped(Whole, Words.Count - 1)];

    /// <summary>As <see cref="Client"/>, of some words.</summary>
    public string? ClientIn(IReadOnlyList<string> words) =>
        words.FirstOrDefault(static word => !TypedText.IsPolite(word)) ?? words.LastOrDefault(names.IsClient);

    /// <summary>A word that means nothing elsewhere, but names a client here.</summary>
    public bool IsClient(string word) => names.IsClient(word);
}

using DevOpsAI.Bot.Views;
using DevOpsAI.Common;

namespace DevOpsAI.Bot.Chat;

/// <summary>Two commands are called alike.</summary>
public sealed class ChatCatalogException(string message) : Exception(message);

/// <summary>Every command and question that is registered.</summary>
internal sealed class ChatCatalog
{
    private readonly Dictionary<string, IChatCommand> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly int maxWords;

    /// <exception cref="ChatCatalogException">A name or a synonym is registered twice, or is no word.</exception>
    public ChatCatalog(IEnumerable<IChatCommand> commands, IEnumerable<IChatQuery> questions)
    {
        Commands = [.. commands];
        Questions = [.. questions];
        foreach (var command in Commands)
        {
            foreach (var name in command.Synonyms.Prepend(command.Name))
                Add(name, command);
        }
        maxWords = byName.Keys.Select(WordsIn).DefaultIfEmpty(1).Max();
        Help = new(
            [.. Commands.SelectMany(static command => command.Help)], [.. Questions.SelectMany(static question => question.Examples)]);
    }

    public IReadOnlyList<IChatCommand> Commands { get; }

    public IReadOnlyList<IChatQuery> Questions { get; }

    public HelpView Help { get; }

    /// <summary>The command that the words begin with, and how many of them name it; the longest name counts. Null for none.</summary>
    public (IChatCommand Command, int Length)? Find(IReadOnlyList<string> words)
    {
        for (var length = Math.Min(maxWords, words.Count); length > 0; length--)
        {
            if (byName.TryGetValue(string.Join(' ', words.Take(length)), out var named))
                return (named, length);
        }
        // As in un-freeze and un freeze.
        if (words.Count > 0 && byName.TryGetValue(words[0].Replace("-", "", StringComparison.Ordinal), out var hyphened))
            return (hyphened, 1);
        return words.Count > 1 && words[0].Equals("un", StringComparison.OrdinalIgnoreCase)
            && byName.TryGetValue(words[0] + words[1], out var split)
            ? (split, 2)
            : null;
    }

    /// <summary>Commands that were probably meant by a word, nearest first.</summary>
    public IReadOnlyList<string> Nearest(string word) => EditDistance.Nearest(
        word, Commands.Where(static command => command.Help.Count > 0).Select(static command => command.Name));

    private void Add(string name, IChatCommand command)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ChatCatalogException($"The chat command {command.GetType().Name} has a name without a letter.");
        if (!byName.TryAdd(name, command))
            throw new ChatCatalogException(
                $"Two chat commands are called '{name}': {byName[name].GetType().Name} and {command.GetType().Name}.");
    }

    private static int WordsIn(string name) => name.Count(static c => c == ' ') + 1;
}

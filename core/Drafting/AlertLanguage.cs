using System.Collections.Frozen;
using System.Reflection;

namespace DevOpsAI.Drafting;

/// <summary>
/// Puts the words of an alert that is in another language into the English ones that runbooks know, by the list in <c>alert-words.txt</c>.
/// A word that is not in the list stays as it is, and what is not known speaks of something else than the host.
/// </summary>
internal static class AlertLanguage
{
    private static readonly (FrozenDictionary<string, string[]> Telling, FrozenDictionary<string, string[]> Beside, int Longest) Phrases =
        Read();

    /// <param name="words">In lower case, in the order of the text.</param>
    public static IReadOnlyList<string> InEnglish(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            return words;
        var folded = words.Select(Apply).ToList();
        var found = Translate(folded, Phrases.Telling);
        return found.Any ? Translate(found.Words, Phrases.Beside).Words : words;
    }

    private static (List<string> Words, bool Any) Translate(List<string> words, FrozenDictionary<string, string[]> phrases)
    {
        var english = new List<string>();
        var any = false;
        for (var at = 0; at < words.Count;)
        {
            var length = Math.Min(Phrases.Longest, words.Count - at);
            string[]? meaning = null;
            while (length > 0 && !phrases.TryGetValue(string.Join(' ', words.GetRange(at, length)), out meaning))
                length--;
            english.AddRange(meaning ?? [words[at]]);
            any |= meaning is not null;
            at += Math.Max(length, 1);
        }
        return (english, any);
    }

    private const string Accented = "äàáâãåéèêëíìîïóòôöõúùûüñç";
    private const string Plain = "aaaaaaeeeeiiiiooooouuuunc";

    /// <summary>
    /// Without accents: <c>élevée</c> is <c>elevee</c>, <c>läuft</c> is <c>lauft</c>. By a table, as the bot runs without culture data.
    /// </summary>
    private static string Apply(string word) => word.All(char.IsAscii)
        ? word
        : string.Concat(
            word.Select(static letter => Accented.IndexOf(letter, StringComparison.Ordinal) is var at and >= 0 ? Plain[at] : letter))
            .Replace("ß", "ss", StringComparison.Ordinal);

    private static (FrozenDictionary<string, string[]>, FrozenDictionary<string, string[]>, int) Read()
    {
        const string beside = "with:";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("alert-words.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith('#'))
            .ToList();
        var telling = Entries(lines.Where(static line => !line.StartsWith(beside, StringComparison.Ordinal)));
        var others = Entries(lines.Where(static line => line.StartsWith(beside, StringComparison.Ordinal))
            .Select(static line => line[beside.Length..]));
        return (telling, others, telling.Keys.Concat(others.Keys).Max(static phrase => phrase.Split(' ').Length));
    }

    private static FrozenDictionary<string, string[]> Entries(IEnumerable<string> lines) => lines
        .Select(static line => line.Split('=', StringSplitOptions.TrimEntries))
        .ToFrozenDictionary(static pair => pair[0],
            static pair => pair.Length > 1 ? pair[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [], StringComparer.Ordinal);
}

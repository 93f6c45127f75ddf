using System.Collections.Frozen;

namespace DevOpsAI.Incidents;

/// <summary>
/// Terms of one or more words. A word may stand for all that begin with it (<c>kerberoast*</c>) or contain it (<c>*angriff*</c>).
/// </summary>
internal sealed class SecurityTerms
{
    private readonly FrozenDictionary<string, string[][]> whole;
    private readonly FrozenDictionary<char, string[][]> beginnings;
    private readonly string[][] anywhere;

    /// <param name="terms">The words of each, in the form that <see cref="AnyIn"/> gets.</param>
    public SecurityTerms(IEnumerable<string[]> terms)
    {
        var all = terms.ToList();
        whole = all.Where(static term => !term[0].EndsWith('*')).GroupBy(static term => term[0])
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
        beginnings = all.Where(static term => term[0].EndsWith('*') && !term[0].StartsWith('*'))
            .GroupBy(static term => term[0][0])
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
        anywhere = [.. all.Where(static term => term[0].StartsWith('*'))];
    }

    /// <summary>Every word of one of the terms is among these, in any order.</summary>
    public bool AnyIn(IReadOnlySet<string> words)
    {
        foreach (var word in words)
        {
            if (whole.TryGetValue(word, out var terms) && Array.Exists(terms, term => IsIn(term, words)))
                return true;
            if (beginnings.TryGetValue(word[0], out terms) && Array.Exists(terms, term => Fits(term[0], word) && IsIn(term, words)))
                return true;
            if (Array.Exists(anywhere, term => Fits(term[0], word) && IsIn(term, words)))
                return true;
        }
        return false;
    }

    private static bool IsIn(string[] term, IReadOnlySet<string> words) =>
        Array.TrueForAll(term, part => part.EndsWith('*') ? words.Any(word => Fits(part, word)) : words.Contains(part));

    private static bool Fits(string part, string word) => part.StartsWith('*')
        ? word.Contains(part[1..^1], StringComparison.Ordinal)
        : word.StartsWith(part[..^1], StringComparison.Ordinal);
}

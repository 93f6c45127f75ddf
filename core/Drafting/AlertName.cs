using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting;

/// <summary>
/// The name of an alert, however its source spells it: <c>HostOutOfDiskSpace</c>, <c>host_out_of_disk_space</c> and
/// <c>Host out of disk space</c> are the same name.
/// </summary>
internal sealed partial class AlertName
{
    private const int MaxLength = 300;

    private AlertName(string squashed, IReadOnlySet<string> words)
    {
        Squashed = squashed;
        Words = words;
    }

    /// <summary>Letters and digits only, in lower case: what exact matching compares.</summary>
    public string Squashed { get; }

    /// <summary>The words, in lower case: split at separators, at capitals and before digits.</summary>
    public IReadOnlySet<string> Words { get; }

    /// <summary>A service that the alert's attributes name was in the name.</summary>
    public bool NamesService { get; private init; }

    /// <summary>
    /// The name without the words that the service itself is called by, and with the word for one: <c>SQL Server Agent DOWN</c> of
    /// <c>SQLSERVERAGENT</c> says that a service is down, and nothing of a server.
    /// </summary>
    public AlertName WithoutService(string service)
    {
        var squashed = string.Concat(service.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        var words = Words.Where(word => word.Length < 2 || !squashed.Contains(word, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        if (words.Count == Words.Count)
            return this;
        words.Add("service");
        return new(Squashed, words) { NamesService = true };
    }

    public static AlertName Of(string text)
    {
        var cut = text.Length > MaxLength ? text[..MaxLength] : text;
        var words = Word().Matches(cut).Select(match => match.Value.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        return new(string.Concat(cut.Where(char.IsLetterOrDigit)).ToLowerInvariant(), words);
    }

    // A run of capitals is one word up to the capital that begins the next: RAIDDegraded is raid, degraded.
    // Names that are letters and digits mixed are words too, not single letters that say nothing.
    [GeneratedRegex(@"(?<![\p{L}\p{Nd}])(?:[Kk]8[Ss]|[Ss]3|[Rr]2|[Bb]2|[Ee]2[Ee]|[Mm]365|[Oo]365)(?![\p{Ll}\p{Nd}])|\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{Lu}+|\p{Nd}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}

using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting;

/// <summary>
/// The name of an alert, however its source spells it: <c>HostOutOfDiskSpace</c>, <c>host_out_of_disk_space</c> and
/// <c>Host out of disk space</c> are the same name.
/// </summary>
internal sealed partial class AlertName
{
    private const int MaxLength = 300;

    private AlertName(string text, string squashed, IReadOnlySet<string> words)
    {
        Text = text;
        Squashed = squashed;
        Words = words;
    }

    /// <summary>As its source spells it.</summary>
    public string Text { get; }

    /// <summary>Letters and digits only, in lower case: what exact matching compares.</summary>
    public string Squashed { get; }

    /// <summary>
    /// The words, in lower case and in English where they are known in another language: split at separators, at capitals and before
    /// digits.
    /// </summary>
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
        var words = Words.Where(word => word.Length < 2 || !squashed.Contains(word, StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        if (words.Count == Words.Count)
            return this;
        words.Add("service");
        return new(Text, Squashed, words) { NamesService = true };
    }

    public static AlertName From(string text)
    {
        var cut = Inodes().Replace(
            (text.Length > MaxLength ? text[..MaxLength] : text).Replace("S.M.A.R.T", "SMART", StringComparison.OrdinalIgnoreCase), "");
        var words = AlertLanguage.InEnglish([.. Word().Matches(cut).Select(match => match.Value.ToLowerInvariant())])
            .ToHashSet(StringComparer.Ordinal);
        return new(cut, string.Concat(cut.Where(char.IsLetterOrDigit)).ToLowerInvariant(), words);
    }

    // What check_disk says beside the space: DISK CRITICAL - free space: / 1024 MB (3% inode=88%).
    [GeneratedRegex(@"\binode=\d+%", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inodes();

    // A run of capitals is one word up to the capital that begins the next: RAIDDegraded is raid, degraded.
    // Names that are letters and digits mixed are words too, not single letters that say nothing.
    [GeneratedRegex(
        @"(?<![\p{L}\p{Nd}])(?:[Kk]8[Ss]|[Ss]3|[Rr]2|[Bb]2|[Ee]2[Ee]|[Mm]365|[Oo]365|[Ii][Pp][Ss]ec)(?![\p{Ll}\p{Nd}])|"
            + @"\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{Lu}+|\p{Nd}+", RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}

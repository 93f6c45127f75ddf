using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// What a model wrote, as it may stand in a draft: one bounded line of plain words. Links, addresses, mentions, markup and macros are taken
/// out here, whatever shows the text later; it has no say in anything but what a person reads.
/// </summary>
internal static partial class GeneratedText
{
    private const int Rounds = 6;
    private const int MaxRead = 8_000;
    private const string NoLink = "(link removed)";

    /// <summary>Names of files and figures that only look like the name of a host.</summary>
    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        "exe", "dll", "sys", "log", "msi", "ps1", "bat", "cmd", "txt", "tmp", "dat", "dmp", "etl", "evtx", "conf", "cfg", "ini", "xml",
        "json", "yaml", "yml", "service", "socket", "timer", "vhdx", "vmdk", "bak", "mdf", "ldf", "freepercent", "freegb", "sizegb",
        "state", "startup", "daysleft", "cpupercent", "priority", "percent", "isolated", "pendingreboot", "start",
        "stop", "restart", "reboot", "cleanup", "enabled", "locked",
    };

    /// <param name="max">Longest result, in characters.</param>
    public static string Clean(string? text, int max)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "";
        var current = text.Length > MaxRead ? text[..MaxRead] : text;
        for (var round = 0; round < Rounds; round++)
        {
            var next = Once(current);
            if (next == current)
                return OutsideText.Clean(next, max);
            current = next;
        }
        // What still changes was built to survive being cleaned.
        return "";
    }

    private static string Once(string text)
    {
        var plain = OutsideText.Clean(WebUtility.HtmlDecode(text), MaxRead);
        plain = Tag().Replace(plain, " ");
        var kept = new StringBuilder(plain.Length);
        foreach (var letter in plain)
        {
            if (letter is '<' or '>' or '[' or ']' or '{' or '}' or '`' or '*' or '~' or '|' or '^' or '#' or '$')
                continue;
            kept.Append(letter is '&' ? '+' : letter);
        }
        plain = Link().Replace(kept.ToString(), NoLink);
        plain = Host().Replace(plain, static host => Endings.Contains(host.Groups["end"].Value) ? host.Value : NoLink);
        plain = Scheme().Replace(plain, "${name}: ");
        plain = plain.Replace("@", " (at) ", StringComparison.Ordinal);
        plain = Emphasis().Replace(plain, "");
        return string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking;

    /// <summary>A tag with what stands in it; a lone bracket goes with the characters.</summary>
    [GeneratedRegex("</?[a-z!][^<>]*>", Plain)]
    private static partial Regex Tag();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*:\s*[/\\]{2,}\S*|\bwww\s*\.\S*|[/\\]{2}[\p{L}\p{N}_-]+[./\\]\S*", Plain)]
    private static partial Regex Link();

    /// <summary>What a chat client turns into a link by itself: labels with dots between, and what follows them.</summary>
    [GeneratedRegex(@"(?:[\p{L}\p{N}_-]+[.。．｡])+(?<end>\p{L}[\p{L}\p{N}-]+)(?:[:/?]\S*)?", Plain)]
    private static partial Regex Host();

    [GeneratedRegex(@"\b(?<name>[a-z][a-z0-9+.-]+):(?=\S)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Scheme();

    /// <summary>Underlines that set text apart; one inside a name stays.</summary>
    [GeneratedRegex(@"(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}_])|_{2,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Emphasis();
}

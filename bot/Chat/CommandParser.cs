using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// Reads typed words. Forgiving about case, politeness, quotes, punctuation, odd spaces and the spelling of ids
/// (<c>con 1001</c>, <c>#CON1001</c>, <c>CON–1001</c>); pure.
/// </summary>
internal static partial class CommandParser
{
    private const int LongestText = 2_000;

    private static readonly string[] Verbs =
        ["help", "pending", "show", "why", "undo", "redraft", "link", "unlink", "freeze", "unfreeze", "whoami", "assign", "unassign", "absent", "back", "erase", "checkpoint", "digest"];

    private static readonly HashSet<string> Politeness = new(StringComparer.OrdinalIgnoreCase)
        { "please", "pls", "bot", "hey", "can", "could", "you", "me", "the", "a", "for", "incident", "card", "of", "is", "kindly", "now", "to" };

    private static readonly HashSet<string> Joining = new(StringComparer.OrdinalIgnoreCase) { "role", "for", "to", "from", "at", "in", "as", "the" };

    /// <summary>Words that mean nothing, unless a client is called so.</summary>
    public static bool IsPolite(string word) => Politeness.Contains(word) || Joining.Contains(word);

    /// <param name="text">The message without the bot's mention.</param>
    /// <param name="clients">Polite words that name a client which the person may see.</param>
    /// <param name="prefixes">Of incidents of clients that the person may see; null where any may be one.</param>
    public static Command Parse(string? text, IReadOnlyCollection<string>? clients = null, IReadOnlyCollection<string>? prefixes = null)
    {
        var clean = Clean(text);
        if (clean.Length == 0)
            return new Command.Help();
        var words = clean.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Bare).Where(word => word.Length > 0).ToList();
        if (PlainQuestions.Read(words, clean, IsIncident) is { } question)
            return question;
        var start = 0;
        // What begins as a question is none of the orders: "is the freeze lifted?" freezes nothing.
        while (start < words.Count - 1 && Politeness.Contains(words[start]) && !PlainQuestions.BeginsAsOne(words[start]))
            start++;
        words = words[start..];
        if (words.Count == 0)
            return new Command.Unknown(clean, []);
        return Understand(words[0].ToLowerInvariant(), words[1..], clean, clients ?? [], IsIncident);

        bool IsIncident(string id) => prefixes is null || prefixes.Contains(id[..id.IndexOf('-', StringComparison.Ordinal)], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The incident id in some words, as <c>CON-1001</c>; null when there is none.</summary>
    public static string? IncidentId(string words) => IncidentId(words, static _ => true);

    /// <summary>The first that is one.</summary>
    public static string? IncidentId(string words, Func<string, bool> isIncident)
    {
        for (var match = Id().Match(words); match.Success; match = match.NextMatch())
        {
            if ($"{match.Groups["prefix"].Value.ToUpperInvariant()}-{match.Groups["number"].Value.TrimStart('0')}" is var id && isIncident(id))
                return id;
        }
        return null;
    }

    private static Command Understand(
        string verb, List<string> rest, string clean, IReadOnlyCollection<string> clients, Func<string, bool> isIncident) => (verb, rest) switch
    {
        ("help" or "?" or "hi" or "hello" or "commands" or "menu" or "start", _) => new Command.Help(),
        ("whoami" or "who-am-i", _) => new Command.WhoAmI(),
        ("who", ["am", "i" or "I", ..]) => new Command.WhoAmI(),
        ("un", ["link" or "freeze" or "assign", ..]) => Understand("un" + rest[0].ToLowerInvariant(), rest[1..], clean, clients, isIncident),
        ("unlink" or "un-link" or "disconnect", _) => new Command.Unlink(),
        ("link" or "connect" or "bind", _) => Link(rest, clients),
        ("pending" or "list" or "waiting" or "open" or "todo", _) => new Command.Pending(ClientIn(rest, clients)),
        ("what", ["can", "you", "do", ..]) => new Command.Help(),
        ("what" or "which", _) when rest.Exists(word => word.ToLowerInvariant() is "waiting" or "waits" or "pending" or "open") => new Command.Pending(AfterFor(rest)),
        // A hurried word stops nothing by itself, since it may mean one device; whoever says it is told at once what does.
        ("stop" or "halt" or "pause", _) => new Command.Incomplete(
            "freeze <client> because ... – or, for administrators: freeze everything because ...", "Nothing was stopped: say of which client, and why."),
        ("show" or "view" or "get" or "details", ["pending", ..]) => new Command.Pending(ClientIn(rest[1..], clients)),
        ("show" or "view" or "get" or "details", _) => OfIncident(rest, isIncident, "show CON-1001", id => new Command.Show(id)),
        ("why" or "audit" or "history", _) => OfIncident(rest, isIncident, "why CON-1001", id => new Command.Why(id)),
        ("undo" or "revert" or "rollback", _) => OfIncident(rest, isIncident, "undo CON-1001", id => new Command.Undo(id)),
        ("redraft" or "re-draft" or "draft" or "retry", _) => OfIncident(rest, isIncident, "redraft CON-1001", id => new Command.Redraft(id)),
        ("approve" or "reject" or "snooze" or "yes" or "no" or "ok" or "decline" or "edit", _) => OfIncident(rest, isIncident, "show CON-1001", id => new Command.DecideInWords(id)),
        ("freeze", _) => new Command.Freeze(AsTyped(rest, clean)),
        ("unfreeze" or "un-freeze" or "thaw", _) => new Command.Unfreeze(AsTyped(rest, clean)),
        ("absent" or "away" or "vacation" or "holiday", _) => Absent(rest),
        ("back" or "present" or "returned", _) => new Command.Back(rest),
        ("erase" or "forget", []) => new Command.Incomplete("erase <person or mail address> <client>", "Whose personal data should become unreadable?"),
        ("erase" or "forget", _) => new Command.Erase(rest),
        ("checkpoint" or "checkpoints" or "head", _) => new Command.Checkpoint(ClientIn(rest, clients)),
        ("digest" or "summary" or "report" or "status", _) => new Command.Digest(ClientIn(rest, clients)),
        ("assign" or "grant", _) => Assign(rest, clients, held: true),
        ("unassign" or "un-assign" or "revoke", _) => Assign(rest, clients, held: false),
        _ when (rest.Count == 0 || (rest.Count == 1 && rest[0].All(char.IsAsciiDigit))) && IncidentId(clean) is { } id => new Command.Show(id),
        _ when PlainQuestions.BeginsAsOne(verb) => new Command.UnknownQuestion(clean),
        _ when Nearest(verb) is { Count: > 0 } nearest => new Command.Unknown(clean, nearest),
        _ => clean.EndsWith('?') ? new Command.UnknownQuestion(clean) : new Command.Unknown(clean, []),
    };

    /// <summary>A reason goes on record, so it keeps its punctuation; the first word is a client's name and does not.</summary>
    private static List<string> AsTyped(List<string> rest, string clean) =>
        rest.Count == 0 ? rest : [rest[0], .. clean.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => Bare(word).Length > 0).TakeLast(rest.Count - 1).Select(word => word.Trim('"', '“', '”'))];

    private static Command Link(List<string> rest, IReadOnlyCollection<string> clients)
    {
        var words = rest.Where(word => !word.Equals("channel", StringComparison.OrdinalIgnoreCase) && !word.Equals("this", StringComparison.OrdinalIgnoreCase)).ToList();
        var escalation = words.RemoveAll(word => word.StartsWith("escalat", StringComparison.OrdinalIgnoreCase)) > 0;
        return ClientIn(words, clients) is { } client
            ? new Command.Link(client, escalation)
            : new Command.Incomplete("link <client> [escalation]", "Which client's cards should be posted here?");
    }

    private static Command OfIncident(List<string> rest, Func<string, bool> isIncident, string usage, Func<string, Command> make) =>
        (IncidentId(string.Join(' ', rest), isIncident) ?? IncidentId(string.Join(' ', rest))) is { } id
            ? make(id)
            : new Command.Incomplete(usage, "Which incident? Its id looks like CON-1001.");

    private static Command Assign(List<string> rest, IReadOnlyCollection<string> clients, bool held)
    {
        var usage = $"{(held ? "assign" : "unassign")} <role> <client> @person";
        var words = rest.Where(word => !Joining.Contains(word)).ToList();
        var at = words.FindIndex(word => Enum.TryParse<Role>(Singular(word), ignoreCase: true, out _) && !char.IsAsciiDigit(word[0]));
        if (at < 0)
            return new Command.Incomplete(usage, "Which role? technician, approver, manager, administrator or auditor.");
        var role = Enum.Parse<Role>(Singular(words[at]), ignoreCase: true);
        words.RemoveAt(at);
        if (words.Count < 2 && rest.Find(word => clients.Contains(word, StringComparer.OrdinalIgnoreCase)) is { } client && !words.Contains(client))
            words.Insert(0, client);
        return words.Count == 0
            ? new Command.Incomplete(usage, "For which client, and whom?")
            : new Command.Assign(held, role, words[0], string.Join(' ', words[1..]));
    }

    /// <summary>What follows a word such as <c>until</c> belongs to it, up to the next such word.</summary>
    private static Command Absent(List<string> rest)
    {
        Dictionary<string, List<string>> parts = new() { ["who"] = [], ["from"] = [], ["until"] = [], ["delegate"] = [], ["because"] = [] };
        var part = "who";
        foreach (var word in rest)
        {
            part = (part, word.ToLowerInvariant()) switch
            {
                ("because", _) => Add(part, word),
                (_, "from" or "since") => "from",
                (_, "until" or "till" or "through") => "until",
                (_, "delegate" or "deputy" or "substitute") => "delegate",
                (_, "because") => "because",
                _ => Add(part, word),
            };
        }
        return parts["until"].Count == 0
            ? new Command.Incomplete("absent [client] [from 2026-12-23] until 2027-01-02 [delegate @person] [because ...]", "Until when?")
            : new Command.Absent(parts["who"], Said("from"), Said("until"), Said("delegate"), Said("because"));

        string Add(string to, string word)
        {
            parts[to].Add(word);
            return to;
        }

        string Said(string of) => string.Join(' ', parts[of]);
    }

    private static string Singular(string role) => role.ToLowerInvariant() switch
    {
        "admin" or "admins" => nameof(Role.Administrator),
        "tech" or "techs" => nameof(Role.Technician),
        _ when role.Length > 1 && role[^1] is 's' or 'S' => role[..^1],
        _ => role,
    };

    /// <summary>The first word that means something; a polite one only where nothing else is there and a client is called so.</summary>
    private static string? ClientIn(List<string> words, IReadOnlyCollection<string> clients) =>
        words.Find(word => !Politeness.Contains(word)) ?? words.FindLast(word => clients.Contains(word, StringComparer.OrdinalIgnoreCase));

    private static string? AfterFor(List<string> words)
    {
        var at = words.FindLastIndex(word => word.Equals("for", StringComparison.OrdinalIgnoreCase));
        return at >= 0 && at + 1 < words.Count && words[at + 1].ToLowerInvariant() is not ("me" or "us" or "you") ? words[at + 1] : null;
    }

    private static List<string> Nearest(string verb) => Verbs
        .Select(known => (Known: known, Distance: EditDistance(verb, known)))
        .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(verb.Length, candidate.Known.Length) / 2))
        .OrderBy(candidate => candidate.Distance)
        .Take(3)
        .Select(candidate => candidate.Known)
        .ToList();

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two words.</summary>
    internal static int EditDistance(string left, string right)
    {
        if (left.Length > 32)
            return int.MaxValue;
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var replaced = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[left.Length, right.Length];
    }

    private static string Clean(string? text)
    {
        var clean = new StringBuilder();
        foreach (var c in (text ?? "").AsSpan(0, Math.Min(text?.Length ?? 0, LongestText)))
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || c is '\u00A0')
                clean.Append(' ');
            else if (char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format)
                continue;
            else
                clean.Append(c is '–' or '—' or '‑' or '‐' or '−' ? '-' : c);
        }
        return clean.ToString().Trim();
    }

    private static string Bare(string word) => word == "?" ? word : word.Trim('"', '\'', '`', '“', '”', '‘', '’', '«', '»', '„', ',', '.', '!', '?', ';', ':', '(', ')', '*', '<', '>', '/');

    [GeneratedRegex(@"(?:^|[\s#])#?(?<prefix>[A-Za-z]{2,5})[\s\-_#]{0,3}(?<number>\d{1,9})(?=$|\W)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}

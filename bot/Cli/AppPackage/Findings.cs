namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>What is wrong with a package, a line for each thing. Texts of the package are shown so that they steer no terminal.</summary>
internal sealed class Findings
{
    private const int MaxLines = 50;
    private const int MaxLength = 400;

    private readonly List<string> lines = [];
    private readonly HashSet<(string File, string Path)> said = [];

    public int Count => lines.Count;

    public IEnumerable<string> Lines => lines.Count <= MaxLines
        ? lines
        : lines.Take(MaxLines).Append($"And {lines.Count - MaxLines} more: mend these first, and check again.");

    /// <summary>Something about the package or a file of it.</summary>
    public void Add(string file, string what) => AddLine($"{file}: {what}");

    /// <summary>Something about a place within a file.</summary>
    /// <param name="path">As in <c>bots[0].botId</c>; empty for the whole file.</param>
    public void Add(string file, string path, string what)
    {
        said.Add((file, path));
        AddLine(path.Length == 0 ? $"{file}: {what}" : $"{file}: {path} {what}");
    }

    /// <summary>Whether something was found there already; a second line about the same place tells nothing new.</summary>
    public bool Has(string file, string path) => said.Contains((file, path));

    /// <summary>Whether something was found there, or in what holds it: what follows from that tells nothing new either.</summary>
    public bool HasAround(string file, string path) =>
        said.Any(one => one.File == file && one.Path.Length > 0 && path.StartsWith(one.Path, StringComparison.Ordinal));

    /// <summary>A text of the package in quotation marks, short enough for a line.</summary>
    public static string Quoted(string text)
    {
        const int Most = 60;
        return text.Length <= Most ? $"'{text}'" : $"'{text.AsSpan(0, Most)}...'";
    }

    private void AddLine(string line)
    {
        var shown = LedgerListing.Harmless(line);
        lines.Add(shown.Length <= MaxLength ? shown : $"{shown.AsSpan(0, MaxLength)}...");
    }
}

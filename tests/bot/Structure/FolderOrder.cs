using System.Globalization;
using System.Text;

namespace DevOpsAI.Tests.Structure;

/// <summary>The one place that says in which order folders stand: each uses only those above it.</summary>
internal static class FolderOrder
{
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Parts = new Dictionary<string, IReadOnlyList<string>>
    {
        ["core"] =
        [
            "Common", "Tenancy", "Ledger", "Connections", "Proposals", "Incidents", "Gates", "Drafting", "Execution", "ConnectionChanges",
            "Tickets", "RemoteAccess", "Completeness", "Digests", "Privacy", "Compliance",
        ],
        ["connectors"] = ["Toolkit", "Alertmanager", "AzureOpenAI", "CloudEvents", "MeshCentral", "MicrosoftGraph", "Sandbox"],
        ["bot"] = ["Teams", "Views", "Webhooks", "LocalTeams", "Cards", "Digests", "Chat", "Hosting", "Cli"],
    };

    /// <summary>
    /// The folder of a file below a part, as <c>Ledger</c> of <c>core/Ledger/Sqlite/RowBlock.cs</c>; null for files beside the folders.
    /// </summary>
    public static string? GetFolder(string path) => path.Split('/') is [_, var folder, _, ..] ? folder : null;
}

/// <summary>How often the folders of one part mention types of one another.</summary>
internal sealed class FolderMatrix
{
    private readonly IReadOnlyList<string> order;
    private readonly Dictionary<(string From, string To), List<string>> mentions = [];

    /// <param name="order">Folders, each of which may use those before it.</param>
    public FolderMatrix(SourceTree sources, string part, IReadOnlyList<string> order)
    {
        this.order = order;
        foreach (var (from, to, type) in sources.References(file => IsIn(file, part)).Where(one => IsIn(one.To, part)))
        {
            if (FolderOrder.GetFolder(from) is not { } user || FolderOrder.GetFolder(to) is not { } used || user == used)
                continue;
            if (!mentions.TryGetValue((user, used), out var found))
                mentions[(user, used)] = found = [];
            found.Add($"{from} uses {type} of {to}");
        }
        Unordered = [.. Folders(sources, part).Except(order).Order(StringComparer.Ordinal)];
    }

    /// <summary>Folders that the order does not name.</summary>
    public IReadOnlyList<string> Unordered { get; }

    /// <summary>Mentions of what stands further down, worst first.</summary>
    public IEnumerable<string> Violations =>
        from pair in mentions
        let user = Place(pair.Key.From)
        let used = Place(pair.Key.To)
        where used > user
        from mention in pair.Value.GroupBy(static one => one).OrderByDescending(static same => same.Count())
        select $"{mention.Key} ({mention.Count()} times)";

    /// <summary>The largest set of folders each of which leads to every other.</summary>
    public int LargestCircle =>
        order.Select(folder => order.Count(other => folder == other || (Leads(folder, other) && Leads(other, folder)))).Max();

    public override string ToString()
    {
        var text = new StringBuilder().Append(' ', 14);
        foreach (var folder in order)
            text.Append(CultureInfo.InvariantCulture, $"{folder[..Math.Min(7, folder.Length)],8}");
        foreach (var user in order)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{user,-14}");
            foreach (var used in order)
                text.Append(CultureInfo.InvariantCulture, $"{(mentions.TryGetValue((user, used), out var found) ? found.Count : ""),8}");
        }
        return text.ToString();
    }

    private int Place(string folder) => order.ToList().IndexOf(folder);

    private bool Leads(string from, string to)
    {
        var reached = new HashSet<string>();
        var next = new Stack<string>([from]);
        while (next.TryPop(out var folder))
        {
            foreach (var used in mentions.Keys.Where(pair => pair.From == folder).Select(static pair => pair.To))
            {
                if (used == to)
                    return true;
                if (reached.Add(used))
                    next.Push(used);
            }
        }
        return false;
    }

    private static IEnumerable<string> Folders(SourceTree sources, string part) =>
        sources.Files.Select(static file => file.FilePath).Where(file => IsIn(file, part)).Select(FolderOrder.GetFolder).OfType<string>()
            .Distinct();

    private static bool IsIn(string file, string part) => file.StartsWith(part + "/", StringComparison.Ordinal);
}

using System.Text;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>The lines of a manifest that is being written.</summary>
internal sealed class YamlDraft
{
    private readonly List<string> lines = [];

    public bool IsEmpty => lines.Count == 0;

    /// <summary>Adds a line at a depth of so many levels.</summary>
    /// <param name="decide">What is left to decide there; null for nothing.</param>
    public YamlDraft Line(int depth, string line, string? decide = null)
    {
        var text = new string(' ', depth * 2) + line;
        lines.Add(decide is null ? text : $"{text}  {LeftToDecide.Mark} {decide}");
        return this;
    }

    public YamlDraft Add(YamlDraft other)
    {
        lines.AddRange(other.lines);
        return this;
    }

    public override string ToString() => new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
}

/// <summary>A line of a manifest at which somebody has to decide what no description tells.</summary>
/// <param name="Line">From 1.</param>
public sealed record LeftToDecide(int Line, string What)
{
    /// <summary>Begins the comment at such a line.</summary>
    public const string Mark = "# decide:";

    /// <summary>What is still marked as left to decide in a manifest.</summary>
    public static IEnumerable<LeftToDecide> In(string yaml) => yaml.Split('\n')
        .Select(static (line, index) => (Line: index + 1, At: line.IndexOf(Mark, StringComparison.Ordinal), Text: line))
        .Where(static one => one.At >= 0)
        .Select(static one => new LeftToDecide(one.Line, one.Text[(one.At + Mark.Length)..].Trim()));
}

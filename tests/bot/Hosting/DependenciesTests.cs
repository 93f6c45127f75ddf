using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DevOpsAI.Tests.Hosting;

public sealed partial class DependenciesTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    /// <summary>Each package is said to be there for a reason, and none that is not.</summary>
    [Fact]
    public void The_document_lists_exactly_the_packages_that_are_pinned()
    {
        var pinned = XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(static package => package.Attribute("Include")!.Value);
        var document = File.ReadAllText(Path.Combine(Root, "docs", "dependencies.md"));
        var listed = Row().Matches(document.Split("From npm:")[0]).Select(static row => row.Groups["name"].Value)
            .Where(static name => name != "package");
        listed.ShouldBe(pinned, ignoreOrder: true);
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^\| (?<name>[A-Za-z][^ |]*) \| (?<reason>[^|]+) \|", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}

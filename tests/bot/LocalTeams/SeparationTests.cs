using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>Local Teams proves something only as long as the bot cannot tell it from Teams.</summary>
public sealed partial class SeparationTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

    [Fact]
    public void Local_Teams_uses_nothing_of_the_bot_or_core()
    {
        var borrowed = Sources("bot/LocalTeams")
            .SelectMany(file => Ours().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), match.Value)))
            .Where(use => !use.Value.StartsWith("DevOpsAI.LocalTeams", StringComparison.Ordinal));

        borrowed.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_but_the_hosts_composition_names_Local_Teams()
    {
        var named = Sources("bot").Concat(Sources("core")).Concat(Sources("connectors"))
            .Where(file =>
                !file.Contains($"{Path.DirectorySeparatorChar}LocalTeams{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => Path.GetFileName(file) is not ("BotHost.cs" or "KnownSettings.cs"))
            .Where(file => File.ReadAllText(file).Contains("DevOpsAI.LocalTeams", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file));

        named.ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"));

    [GeneratedRegex(@"DevOpsAI\.[A-Za-z.]+", RegexOptions.NonBacktracking)]
    private static partial Regex Ours();

    private static string Here([CallerFilePath] string path = "") => path;
}

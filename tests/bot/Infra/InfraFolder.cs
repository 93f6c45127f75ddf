using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Infra;

/// <summary>A copy of <c>infra</c> for one test, which may break it or let the compiler write beside it.</summary>
internal sealed class InfraFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("infra-");

    public InfraFolder()
    {
        foreach (var file in Files("*"))
        {
            var copy = Path.Combine(folder.FullName, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Source, file), copy);
        }
    }

    /// <summary>The folder in the repository.</summary>
    public static string Source { get; } = Path.Combine(Repository.Root, "infra");

    public string this[string file] => Path.Combine(folder.FullName, file);

    /// <summary>Files of the repository's folder, as <c>modules/app.bicep</c>.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Source, pattern, SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Source, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Source, file));

    /// <summary>Puts another text in the place of one that must be there, once or more often.</summary>
    public void Replace(string file, string text, string other)
    {
        var before = File.ReadAllText(this[file]);
        before.ShouldContain(text);
        File.WriteAllText(this[file], before.Replace(text, other, StringComparison.Ordinal));
    }

    public void Dispose() => folder.Delete(recursive: true);
}

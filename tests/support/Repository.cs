namespace DevOpsAI.Tests.Support;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    private const string Solution = "DevOpsAI.Bot.sln";

    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"{Solution} is in no folder above the tests.");
    }
}

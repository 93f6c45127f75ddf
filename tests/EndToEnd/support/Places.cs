using System.Reflection;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Where things are in the checkout.</summary>
internal static class Places
{
    public static readonly string Root = FindRoot();
    public static readonly string Bot = Path.Combine(Root, "bot");
    public static readonly string Artifacts = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "screenshots")).FullName;

    public static readonly string Configuration =
        typeof(Places).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DevOpsAI.Bot.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("DevOpsAI.Bot.sln is in no folder above the tests.");
    }
}

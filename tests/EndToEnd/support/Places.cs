using System.Reflection;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Where things are in the checkout.</summary>
internal static class Places
{
    public static readonly string Root = Repository.Root;
    public static readonly string Bot = Path.Combine(Root, "bot");
    public static readonly string Artifacts = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "screenshots")).FullName;

    /// <summary>The bot as it was built last.</summary>
    public static readonly string Program = Path.Combine(
        Bot, "bin", typeof(Places).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug", "net10.0",
        "DevOpsAI.Bot.dll");
}

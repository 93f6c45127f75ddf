using System.Reflection;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Where things are in the checkout.</summary>
internal static class Places
{
    public static readonly string Root = Repository.Root;
    public static readonly string Bot = Path.Combine(Root, "bot");
    public static readonly string Artifacts = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "screenshots")).FullName;

    public static readonly string Configuration =
        typeof(Places).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
}

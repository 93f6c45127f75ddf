using System.Text.Json;

namespace DevOpsAI.Tests.Infra;

/// <summary><c>main.bicep</c> with its modules, as Azure Resource Manager takes it.</summary>
internal static class CompiledTemplate
{
    private static readonly Lazy<Task<BicepRun>> Run = new(static () =>
        BicepCompiler.RunAsync(["build", Path.Combine(InfraFolder.Source, "main.bicep"), "--stdout"]));

    public static Task<BicepRun> RunAsync() => Run.Value;

    /// <summary>The template, and that of each module by the module's name.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> ReadAsync()
    {
        using var compiled = JsonDocument.Parse((await RunAsync()).Output);
        var main = compiled.RootElement.Clone();
        var all = main.At("resources").EnumerateObject().Where(static one => one.Value.Text("type") == "Microsoft.Resources/deployments")
            .ToDictionary(static one => one.Name, static one => one.Value.At("properties", "template"));
        all["main"] = main;
        return all;
    }
}

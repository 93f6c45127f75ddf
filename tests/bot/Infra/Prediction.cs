using System.Text.Json;

namespace DevOpsAI.Tests.Infra;

/// <summary>
/// The resources that the compiler predicts for an environment: loops, conditions and names worked out. What only Azure knows, such as the
/// address of an account, is left as an expression in brackets.
/// </summary>
internal sealed class Prediction
{
    public const string Subscription = "00000000-0000-0000-0000-00000000000a";
    public const string Directory = "00000000-0000-0000-0000-00000000000b";
    public const string Group = "devops-ai-bot";
    public const string Region = "westeurope";

    /// <summary>Of the single-tenant app of <see cref="OtherChoicesAsync"/>.</summary>
    public const string AppId = "01234567-89ab-cdef-0123-456789abcdef";

    private const string Tag = "1a2b3c";

    private static readonly Dictionary<string, Lazy<Task<Prediction>>> Known = InfraFolder.Files("*.bicepparam").ToDictionary(
        static file => file, static file => new Lazy<Task<Prediction>>(() => MakeAsync(file, static _ => { }, Tag)));

    private static readonly Lazy<Task<Prediction>> WithChoices = new(() => MakeAsync(
        "dev.bicepparam",
        static copy => copy.Replace(
            "dev.bicepparam",
            "param maxReplicas = 2",
            $"""
            param botIdentity = 'SingleTenant'
            param botAppId = '{AppId}'
            param consistency = 'BoundedStaleness'
            param checkpointPolicy = 'Locked'
            """),
        Tag));

    private static readonly Lazy<Task<Prediction>> WithMistakes = new(() => MakeAsync(
        "dev.bicepparam",
        static copy =>
        {
            copy.Replace("modules/app.bicep", "Storage__Provider", "Storage__Provdier");
            copy.Replace("modules/registry.bicep", "  scope: registry\n", "");
        },
        Tag));

    private Prediction(IReadOnlyList<JsonElement> resources) => Resources = resources;

    public static TheoryData<string> Environments => [.. Known.Keys];

    public IReadOnlyList<JsonElement> Resources { get; }

    /// <summary>As the repository has it, with an image.</summary>
    /// <param name="file">As <c>prod.bicepparam</c>.</param>
    public static Task<Prediction> ForAsync(string file) => Known[file].Value;

    /// <summary>The development environment where every choice is the other one.</summary>
    public static Task<Prediction> OtherChoicesAsync() => WithChoices.Value;

    /// <summary>The development environment with a misspelt variable and a role that is granted at the resource group.</summary>
    public static Task<Prediction> MistakenAsync() => WithMistakes.Value;

    /// <summary>Without an image.</summary>
    public static Task<Prediction> FirstTimeAsync() => MakeAsync("prod.bicepparam", static _ => { }, tag: "");

    private static async Task<Prediction> MakeAsync(string file, Action<InfraFolder> change, string tag)
    {
        using var copy = new InfraFolder();
        change(copy);
        var run = await BicepCompiler.RunAsync(
            ["snapshot", copy[file], "--mode", "overwrite", "--tenant-id", Directory, "--subscription-id", Subscription,
                "--resource-group", Group, "--location", Region],
            ("IMAGE_TAG", tag));
        run.Code.ShouldBe(0, run.Said);
        using var snapshot = JsonDocument.Parse(
            await File.ReadAllTextAsync(copy[Path.ChangeExtension(file, ".snapshot.json")], TestContext.Current.CancellationToken));
        return new([.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(static one => one.Clone())]);
    }

    public IEnumerable<JsonElement> All(string type) =>
        Resources.Where(one => one.GetProperty("type").GetString()!.Equals(type, StringComparison.OrdinalIgnoreCase));

    /// <summary>The properties of the only one there is.</summary>
    public JsonElement Single(string type) => All(type).ShouldHaveSingleItem().GetProperty("properties");

    /// <summary>What the bot is given: variables by name; one from the vault has the value <c>secret:</c> and the name there.</summary>
    public IReadOnlyDictionary<string, string> Variables() => Single("Microsoft.App/containerApps")
        .At("template", "containers", "0", "env").EnumerateArray().ToDictionary(
            static one => one.GetProperty("name").GetString()!,
            static one => one.TryGetProperty("value", out var value)
                ? value.GetString()!
                : "secret:" + one.GetProperty("secretRef").GetString());
}

internal static class JsonPaths
{
    /// <summary>The member below; a number is the place in a list.</summary>
    public static JsonElement At(this JsonElement element, params string[] path) => path.Aggregate(element, static (at, step) =>
        at.ValueKind == JsonValueKind.Array ? at[int.Parse(step)] : at.GetProperty(step));

    public static string Text(this JsonElement element, params string[] path) => element.At(path).GetString()!;

    public static int Number(this JsonElement element, params string[] path) => element.At(path).GetInt32();

    public static bool Is(this JsonElement element, params string[] path) => element.At(path).GetBoolean();

    public static IReadOnlyList<string> Texts(this JsonElement element, params string[] path) =>
        [.. element.At(path).EnumerateArray().Select(static one => one.GetString()!)];
}

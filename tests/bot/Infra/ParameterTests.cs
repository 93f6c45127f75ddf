using System.Text.Json;
using System.Text.RegularExpressions;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Infra;

/// <summary>Parameters: each says what it is, in the template and in docs/azure.md. That each is used, the compiler sees to.</summary>
public sealed partial class ParameterTests
{
    [Fact]
    public async Task Each_parameter_says_what_it_is()
    {
        var templates = await CompiledTemplate.ReadAsync();
        var parameters = templates.SelectMany(static template => Parameters(template.Value)
            .Select(one => (Name: $"{template.Key}: {one.Name}", one.Value))).ToList();

        parameters.Count.ShouldBeGreaterThan(60);
        parameters.Where(static one => !one.Value.TryGetProperty("metadata", out _)).ShouldBeEmpty();
        parameters.ShouldAllBe(static one => one.Value.Text("metadata", "description").EndsWith('.'));
    }

    [Fact]
    public async Task The_document_names_exactly_the_parameters_that_there_are()
    {
        var table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure.md")).Split("## Parameters")[1].Split("\n## ")[0];
        var named = table.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => Name().Matches(line.Split('|')[1]).Select(static one => one.Groups["name"].Value));

        named.ShouldBe(Parameters((await CompiledTemplate.ReadAsync())["main"]).Select(static one => one.Name), ignoreOrder: true);
    }

    private static List<JsonProperty> Parameters(JsonElement template) =>
        template.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateObject()] : [];

    [GeneratedRegex("`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}

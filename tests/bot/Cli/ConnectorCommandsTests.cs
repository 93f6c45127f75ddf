using System.Text;
using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Drafting;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>What the bot says of the vendors that it knows, at the console and in the documents.</summary>
public sealed class ConnectorCommandsTests
{
    [Fact]
    public async Task Every_connector_is_listed_and_a_simulation_says_so()
    {
        var (code, output, error) = await RunAsync("list");
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("ninjaone         NinjaOne: events; finds device; 6 actions");
        output.ShouldContain("sandbox          Sandbox (simulation): events;");
        output.ShouldContain("alertmanager     Prometheus Alertmanager: events; finds alert; 2 actions\n");
        foreach (var line in (await RunAsync("list", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            JsonDocument.Parse(line).RootElement.GetProperty("name").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_a_connection_needs_is_told_setting_by_setting()
    {
        var (code, output, _) = await RunAsync("show", "NinjaOne");
        code.ShouldBe(0);
        output.ShouldContain("  Instance         the instance that the console is on (one of us, us2, eu, ca, oc, fed), as in eu\n");
        output.ShouldContain("  ClientSecret     client secret of the API application (secret), as in env:CONTOSO_NINJAONE\n");
        output.ShouldContain("  WebhookSecret    what NinjaOne sends in the header X-Hook-Secret (secret, may be left out)");
        output.ShouldContain("  device.reboot            Restart a device; cannot be undone\n");
        var settings = JsonDocument.Parse((await RunAsync("show", "ninjaone", "--json")).Output).RootElement.GetProperty("settings");
        settings.EnumerateArray().Single(static one => one.GetProperty("name").GetString() == "ClientSecret").GetProperty("isSecret")
            .GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("There is no connector 'acme'; known are alertmanager, autotask,", "show", "acme")]
    [InlineData("There is no connection 'acme'", "check", "acme")]
    [InlineData("'now' means nothing here; a setting is written as --Name:Part=value.", "check", "acme", "now")]
    [InlineData("Try: connectors list", "shwo")]
    public async Task What_makes_no_sense_is_said_with_a_way_out(string told, params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        code.ShouldBe(2);
        error.ShouldContain(told);
    }

    [Fact]
    public async Task A_manifest_is_checked_without_a_bot()
    {
        var file = Path.Combine(Repository.Root, "connectors", "NinjaOne", "ninjaone.connector.yaml");
        (await RunAsync("check", file)).ShouldBe((0, $"{file}: good.\n", ""));
        var broken = Path.ChangeExtension(Path.GetTempFileName(), ".yaml");
        await File.WriteAllTextAsync(broken, "name: acme\ntitle: Acme\n", TestContext.Current.CancellationToken);
        var (code, output, _) = await RunAsync("check", broken);
        (code, output).ShouldBe((1, $"{broken}:1: 'address' is missing: it must be a text\n"));
        File.Delete(broken);
        (await RunAsync("check", broken)).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_whose_vendor_cannot_be_reached_is_told_so()
    {
        var (code, output, error) = await RunAsync(
            "check", "contoso-ninjaone", "--Tenants:contoso:Name=Contoso Ltd", "--Connections:contoso-ninjaone:Tenant=contoso",
            "--Connections:contoso-ninjaone:Connector=ninjaone", "--Connections:contoso-ninjaone:Settings:Instance=eu",
            "--Connections:contoso-ninjaone:Settings:Address=http://127.0.0.1:1", "--Connections:contoso-ninjaone:Settings:ClientId=c",
            "--Connections:contoso-ninjaone:Settings:ClientSecret=s", "--Connections:contoso-ninjaone:Settings:Organization=2");
        (code, error).ShouldBe((1, ""), output);
        output.ShouldBe("contoso-ninjaone: The vendor cannot be reached.\n");
    }

    [Fact]
    public async Task A_connection_that_works_tells_what_it_lives_on()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var vendor = builder.Build();
        object devices = new { devices = Array.Empty<int>() };
        vendor.MapGet("/v2/devices/search", () => Results.Json(devices));
        vendor.MapGet("/{**rest}", static () => Results.Json(new { id = 2, name = "Contoso Ltd" }));
        vendor.MapPost("/ws/oauth/token", static () => Results.Json(new { access_token = "t", expires_in = 3600 }));
        await vendor.StartAsync(TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "check", "contoso-ninjaone", "--Tenants:contoso:Name=Contoso Ltd", "--Connections:contoso-ninjaone:Tenant=contoso",
            "--Connections:contoso-ninjaone:Connector=ninjaone", "--Connections:contoso-ninjaone:Settings:Instance=eu",
            $"--Connections:contoso-ninjaone:Settings:Address={vendor.Urls.Single()}", "--Connections:contoso-ninjaone:Settings:ClientId=c",
            "--Connections:contoso-ninjaone:Settings:ClientSecret=s", "--Connections:contoso-ninjaone:Settings:Organization=2",
        ];
        var (code, output, error) = await RunAsync(arguments);
        (code, error).ShouldBe((0, ""), output);
        output.ShouldContain("contoso-ninjaone: access token ends ");
        output.ShouldEndWith("NinjaOne can be asked for a device.\n");

        devices = new { data = Array.Empty<int>() };
        (code, output, _) = await RunAsync(arguments);
        code.ShouldBe(1);
        output.ShouldEndWith("contoso-ninjaone: NinjaOne cannot be asked for a device: NinjaOne's answer has no list at 'devices'.\n");
    }

    [Fact]
    public async Task A_manifest_of_ones_own_takes_the_place_of_a_built_in_one_and_says_so()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "own.yaml");
            var yaml = await File.ReadAllTextAsync(
                Path.Combine(Repository.Root, "connectors", "NinjaOne", "ninjaone.connector.yaml"), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(file, yaml.Replace("title: NinjaOne\n", "title: Our NinjaOne\n", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);
            (await RunAsync("check", file)).ShouldBe((0, $"{file}: good.\n{file}: takes the place of the built-in connector ninjaone.\n", ""));
            var listed = ConnectorCatalog.Read(folder.FullName, Repository.Root);
            listed.All.Count(static one => one.Name == "ninjaone").ShouldBe(1);
            listed.Find("ninjaone")!.ShouldSatisfyAllConditions(
                static one => one.Title.ShouldBe("Our NinjaOne"), static one => one.ReplacesBuiltIn.ShouldBeTrue());
            listed.Find("halopsa")!.ReplacesBuiltIn.ShouldBeFalse();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task No_manifest_may_be_called_as_a_part_of_the_bot_is()
    {
        var manifests = ManifestServices.BuiltIn().Select(static one => one.Name);
        List<string> parts = [.. ConnectorCatalog.Read().All.Select(static one => one.Name).Except(manifests)];
        parts.ShouldContain("sandbox");
        foreach (var name in parts)
        {
            var file = Path.ChangeExtension(Path.GetTempFileName(), ".yaml");
            await File.WriteAllTextAsync(
                file, $"name: {name}\ntitle: Ours\naddress: https://api.acme.example\n", TestContext.Current.CancellationToken);
            var (code, output, _) = await RunAsync("check", file);
            code.ShouldBe(1);
            output.ShouldBe($"{file}:1: the connector {name} is a part of the bot and no manifest, so that a file cannot take its place: "
                + "another name is needed\n");
        }
    }

    [Fact]
    public void The_schema_for_editors_takes_every_manifest_of_ours_and_not_a_misspelt_one()
    {
        var schema = SchemaFile.Read(Path.Combine(Repository.Root, "docs", "schemas", "connector.schema.json"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "connectors"), "*.connector.yaml", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            var yaml = File.ReadAllText(file);
            schema.Problems(Json(yaml)).ShouldBeEmpty(file);
            schema.IsValid(Json(yaml.Replace("idempotent:", "idempotant:", StringComparison.Ordinal))).ShouldBeFalse(file);
        }
    }

    [Fact]
    public void The_document_of_capabilities_is_what_the_connectors_offer()
    {
        var file = Path.Combine(Repository.Root, "docs", "capabilities.md");
        var expected = Document();
        if (Environment.GetEnvironmentVariable("UPDATE_CAPABILITIES") == "1")
            File.WriteAllText(file, expected);
        File.ReadAllText(file).ShouldBe(expected, "write it anew with UPDATE_CAPABILITIES=1");
    }

    [Fact]
    public void The_vocabulary_has_whatever_a_built_in_runbook_asks_for()
    {
        foreach (var runbook in Runbooks())
        {
            foreach (var step in runbook.Steps)
                Capabilities.Actions.ShouldContainKey(step.Action, runbook.Name);
            foreach (var condition in runbook.Steps.SelectMany(static step => step.Preconditions.Concat(step.Verifications)).Concat(runbook.Needs))
                Capabilities.Observing(ValueTemplate.Parse($"{condition.Observation}").Example()).ShouldNotBeNull($"{runbook.Name}: {condition.Observation}");
        }
    }

    private static string Document()
    {
        var text = new StringBuilder("""
            # Capabilities

            The vocabulary that runbooks and connectors share. A runbook names capabilities and no vendor; a tenant's connection that offers all of them for the target carries the plan out. The table is what `connectors capabilities` prints, and a test holds it against the connectors.

            | action | for a | what it does | offered by |
            |---|---|---|---|

            """);
        foreach (var row in CapabilityMatrix.For(ConnectorCatalog.Read()).Where(static row => row.Kind == "action"))
            text.Append($"| `{row.Capability}` | {row.TargetKind} | {row.Meaning} | {Names(row.Connectors)} |\n");
        text.Append("\n| observation | of a | what it tells | offered by |\n|---|---|---|---|\n");
        foreach (var row in CapabilityMatrix.For(ConnectorCatalog.Read()).Where(static row => row.Kind == "observation"))
            text.Append($"| `{row.Capability}` | {row.TargetKind} | {row.Meaning} | {Names(row.Connectors)} |\n");
        text.Append("\nThe Sandbox, a simulation, observes whatever its documents hold.\n\n## Runbooks\n\nWhich vendors offer every action of a built-in runbook:\n\n"
            + "| runbook | actions | vendors |\n|---|---|---|\n");
        foreach (var runbook in Runbooks())
        {
            var actions = runbook.Steps.Select(static step => step.Action).Distinct().ToList();
            var vendors = ConnectorCatalog.Read().All.Where(one => actions.TrueForAll(action => one.Actions.Any(offered => offered.Name == action)))
                .Select(static one => one.IsSimulation ? $"{one.Name} (simulation)" : one.Name).ToList();
            text.Append($"| {runbook.Name} | {string.Join(", ", actions.Select(static one => $"`{one}`"))} | {Names(vendors)} |\n");
        }
        return text.ToString();
    }

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "nobody yet" : string.Join(", ", names);

    private static List<Runbook> Runbooks()
    {
        var errors = new List<string>();
        List<Runbook> all = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "core", "Drafting", "Runbooks"), "*.yaml")
            .Order(StringComparer.Ordinal).Select(file => RunbookReader.Read(file, File.ReadAllText(file), isBuiltIn: true, errors)!)];
        errors.ShouldBeEmpty();
        return all;
    }

    /// <summary>The file as an editor reads it: plain numbers and flags as such, aliases in place.</summary>
    private static JsonElement Json(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return JsonSerializer.SerializeToElement(Value(stream.Documents[0].RootNode));
    }

    private static object? Value(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.ToDictionary(static one => one.Key.ToString(), static one => Value(one.Value)),
        YamlSequenceNode list => list.Children.Select(Value).ToList(),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: { } text } when int.TryParse(text, out var number) => number,
        _ => node.ToString(),
    };

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await ConnectorCommands.RunAsync(
            ["connectors", .. arguments], new ConfigurationBuilder().Build(), Path.GetTempPath(), output, error, null,
            TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>The worked example of docs/connectors.md: from a description to a connection that works, without C#.</summary>
public sealed partial class NewConnectorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("new-connector").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Description => Path.Combine(
        Repository.Root, "tests", "connectors", "Toolkit", "Scaffolding", "acme-rmm.openapi.yaml");

    private string File => Path.Combine(folder, "acme.connector.yaml");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task From_its_description_to_a_connection_that_works()
    {
        var (code, begun, _) = await RunAsync("new", "acme", "--openapi", Description, "--operations", "restartService", "--output", File);
        code.ShouldBe(0, begun);
        begun.ShouldContain($"{File}: finds device; 1 actions.");
        begun.ShouldContain("decisions are open. Next: decide them, then connectors check ");
        begun.ShouldNotContain("good as it is");
        begun.ShouldContain("left to decide: which action of docs/capabilities.md this is, perhaps service.restart; else");
        (await RunAsync("check", File)).Output.ShouldContain($"{File}: good.");

        var edited = Edit(await System.IO.File.ReadAllTextAsync(File, Token));
        edited.ShouldBe(Documented(), "what the document shows is what comes of the file by deciding");
        edited.Split('\n').Length.ShouldBeLessThan(100);
        await System.IO.File.WriteAllTextAsync(File, edited, Token);
        (await RunAsync("check", File)).Output.ShouldBe($"{File}: good.\n", "nothing is left to decide");

        var (passed, findings, _) = await RunAsync("check", File, "--conformance", "--json");
        passed.ShouldBe(0, findings);
        var checks = findings.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static one => JsonDocument.Parse(one).RootElement).ToList();
        checks.ShouldAllBe(static one => one.GetProperty("ok").GetBoolean());
        checks.Select(static one => one.GetProperty("check").GetString()).ShouldContain("reply-lost");
        checks.Count(static one => one.GetProperty("verdict").GetString() == "Passed").ShouldBeGreaterThan(25);

        await PlayAsync(edited);
    }

    [Fact]
    public async Task What_is_there_is_not_written_over_unless_it_is_said_so()
    {
        await System.IO.File.WriteAllTextAsync(File, "mine", Token);
        string[] arguments = ["new", "acme", "--openapi", Description, "--output", File];
        var (code, _, error) = await RunAsync(arguments);
        (code, error).ShouldBe((2, $"{File} is there already; --force writes over it, --output names another file.\n"));
        (await System.IO.File.ReadAllTextAsync(File, Token)).ShouldBe("mine");
        var (forced, output, _) = await RunAsync([.. arguments, "--force", "--json"]);
        forced.ShouldBe(0);
        var report = JsonDocument.Parse(output).RootElement;
        report.GetProperty("notTaken")[0].GetString().ShouldBe("createReport");
        report.GetProperty("errors").GetArrayLength().ShouldBe(0);
        report.GetProperty("decisions")[0].GetProperty("line").GetInt32().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said()
    {
        (await RunAsync("new", "acme", "--openapi", Path.Combine(folder, "none.yaml"))).Code.ShouldBe(2);
        var (_, _, fetched) = await RunAsync("new", "acme", "--openapi", "https://acme.example/openapi.json");
        fetched.ShouldStartWith("https://acme.example/openapi.json is an address, and nothing is fetched: save the description to a file");
        await System.IO.File.WriteAllTextAsync(File, "title: nothing", Token);
        var (code, _, error) = await RunAsync("new", "acme", "--openapi", File);
        code.ShouldBe(2);
        error.ShouldStartWith($"{File}: The file is no OpenAPI description: ");
    }

    /// <summary>An event comes in, the device is found, the service restarted, and another customer's device never.</summary>
    private static async Task PlayAsync(string yaml)
    {
        var restarted = new ConcurrentQueue<string>();
        await using var vendor = await StartVendorAsync(restarted);
        var manifest = ManifestReader.Read("acme.connector.yaml", yaml, new List<string>())!;
        var (subject, services) = ConformanceSubject.For(manifest, TimeProvider.System);
        await using var all = services;
        var connection = new Connection("contoso-acme", TenantId.Parse("contoso"), "acme", new Dictionary<string, string>
        {
            ["Region"] = "eu", ["Address"] = vendor.Urls.Single(), ["ApiKey"] = "key", ["Company"] = "17", ["WebhookSecret"] = "hook",
        });

        var body = Encoding.UTF8.GetBytes("""
            {"alertId":"a-1","customerId":"17","state":"open","priority":"high","rule":"ServiceDown","hostname":"SRV-1","text":"Spooler is down",
             "raisedAt":"2026-12-01T04:00:00Z"}
            """);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData("hook"u8, body));
        var request = new WebhookRequest("application/json", new HeaderDictionary { ["X-Acme-Signature"] = signature }, null, body);
        (await subject.Events!.AcceptsAsync(connection, request, Token)).ShouldBeTrue();
        var alert = (await subject.Events.ReadAsync(connection, request, Token)).ShouldHaveSingleItem();
        (alert.Kind, alert.Device, alert.Severity, alert.Status).ShouldBe(
            ("ServiceDown", "SRV-1", DevOpsAI.Connections.Severity.Error, EventStatus.Firing));

        var found = (await subject.Connector.FindAsync(connection, "device", alert.Device!, Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.ShouldHaveSingleItem();
        found.Id.ShouldBe("7");
        (await subject.Connector.ObserveAsync(connection, found, Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value["service.Spooler.state"].ShouldBe("stopped");
        var call = new ActionCall("op-1", "service.restart", found, new Dictionary<string, string> { ["service"] = "Spooler" });
        (await subject.Connector.ActAsync(connection, call, Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await subject.Connector.ActAsync(connection, call with { Target = found with { Id = "8" } }, Token))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        restarted.ShouldHaveSingleItem().ShouldBe("""/devices/7/services/Spooler/restart {"reference":"op-1"}""");
    }

    private static async Task<WebApplication> StartVendorAsync(ConcurrentQueue<string> restarted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var vendor = builder.Build();
        const string Own = """{"id":"7","hostname":"SRV-1","customerId":"17","online":true}""";
        const string Other = """{"id":"8","hostname":"SRV-1","customerId":"18","online":true}""";
        vendor.Use(static (http, next) =>
        {
            http.Response.StatusCode = http.Request.Headers["X-Acme-Key"] == "key" ? 200 : 401;
            http.Response.ContentType = "application/json";
            return http.Response.StatusCode == 200 ? next(http) : Task.CompletedTask;
        });
        vendor.MapGet("/devices", static () => Results.Text($$"""{"devices":[{{Other}},{{Own}}],"nextCursor":null}""", "application/json"));
        vendor.MapGet("/devices/7", static () => Results.Text(Own, "application/json"));
        vendor.MapGet("/devices/8", static () => Results.Text(Other, "application/json"));
        vendor.MapGet(
            "/devices/7/services", static () => Results.Text("""{"services":[{"name":"Spooler","status":"Stopped"}]}""", "application/json"));
        vendor.MapPost("/devices/{id}/services/{service}/restart", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            restarted.Enqueue($"{http.Request.Path} {await reader.ReadToEndAsync()}");
            return Results.Accepted();
        });
        await vendor.StartAsync(Token);
        return vendor;
    }

    /// <summary>What whoever completes the file does to it: takes the guesses as right, and says what the operation is.</summary>
    private static string Edit(string begun)
    {
        var decided = Decision().Replace(begun, "");
        decided = decided[(decided.IndexOf('\n') + 1)..];
        decided = decided.Replace("    # observe:\n    #   - values:\n    #       device.online: \"{online}\"\n    #       device.lastSeen: \"{lastSeen | time}\"\n", """
                observe:
                  - values:
                      device.online: "{online}"
                      device.lastSeen: "{lastSeen | time}"
                  - request: GET /devices/{$target.id}/services
                    each: services
                    values:
                      service.{name}.state: { of: "{status}", map: { Running: running, Stopped: stopped } }

            """, StringComparison.Ordinal);
        return Action().Replace(decided, """
              service.restart:
                reversibility: reversible
                idempotent: true
                command: "Acme RMM restart service '{service}' on {target}"
                call: "POST /devices/{$$target.id}/services/{$$argument.service}/restart"
                body: { "reference": "{$$operation}" }
            webhook:
            """);
    }

    private static string Documented()
    {
        var document = System.IO.File.ReadAllText(Path.Combine(Repository.Root, "docs", "connectors.md"));
        var begin = document.IndexOf("```yaml\nname: acme\n", StringComparison.Ordinal) + "```yaml\n".Length;
        return document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await ConnectorCommands.RunAsync(
            ["connectors", .. arguments], new ConfigurationBuilder().Build(), Repository.Root, output, error, null, Token);
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex("  # decide:.*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Decision();

    [GeneratedRegex("  acme[.]restartService:.*?\nwebhook:", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Action();
}

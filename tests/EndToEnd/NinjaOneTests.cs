using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>From a NinjaOne webhook to a service that NinjaOne started, approved in a channel; the vendor is a stand-in that keeps state.</summary>
public sealed class NinjaOneTests
{
    [Fact]
    public async Task A_webhook_becomes_a_card_whose_plan_NinjaOne_carries_out_and_what_NinjaOne_says_verifies_it()
    {
        var services = new ConcurrentDictionary<string, string> { ["W3SVC"] = "STOPPED" };
        var calls = new ConcurrentQueue<string>();
        await using var ninja = await StartAsync(services, calls);
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Connections:contoso-ninjaone:Tenant"] = "contoso",
            ["Connections:contoso-ninjaone:Connector"] = "ninjaone",
            ["Connections:contoso-ninjaone:Settings:Instance"] = "eu",
            ["Connections:contoso-ninjaone:Settings:Address"] = ninja.Urls.Single(),
            ["Connections:contoso-ninjaone:Settings:ClientId"] = "client",
            ["Connections:contoso-ninjaone:Settings:ClientSecret"] = "the-secret-of-ninjaone",
            ["Connections:contoso-ninjaone:Settings:Organization"] = "2",
            ["Connections:contoso-ninjaone:Settings:WebhookSecret"] = "the-hook-secret-of-contoso",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{bot.Output}");

        (await DeliverAsync(bot, "the-hook-secret-of-fabrikam", organization: 2)).ShouldBe(HttpStatusCode.Unauthorized);
        (await DeliverAsync(bot, "the-hook-secret-of-contoso", organization: 3)).ShouldBe(HttpStatusCode.BadRequest);
        (await DeliverAsync(bot, "the-hook-secret-of-contoso", organization: 2)).ShouldBe(HttpStatusCode.Accepted);
        (await DeliverAsync(bot, "the-hook-secret-of-contoso", organization: 2)).ShouldBe(HttpStatusCode.Accepted, "once more, which changes nothing");

        var card = await teams.CardAsync("SRV-NINJA01");
        var shown = card.Card.ShouldNotBeNull().ToJsonString();
        shown.ShouldContain("NinjaOne windows-service");
        shown.ShouldNotContain("imulat");
        calls.ShouldNotContain(static call => call.StartsWith("POST /v2", StringComparison.Ordinal));
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");

        services["W3SVC"].ShouldBe("RUNNING");
        calls.Count(static call => call.StartsWith("POST /v2", StringComparison.Ordinal)).ShouldBe(1);
        calls.ShouldContain("POST /v2/device/7/windows-service/W3SVC/control {\"action\":\"START\"}");
        bot.Output.ShouldNotContain("the-secret-of-ninjaone");
        bot.Kill();
        var (verified, output) = await bot.VerbAsync("ledger", "verify", "--all");
        verified.ShouldBe(0, output);
    }

    private static async Task<HttpStatusCode> DeliverAsync(BotProcess bot, string secret, int organization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/contoso-ninjaone")
        {
            Content = JsonContent.Create(new
            {
                id = 177210,
                activityTime = 1796083200.5,
                seriesUid = "e6b0b0bd-5753-445d-9e4a-71c08983cbd5",
                activityType = "CONDITION",
                statusCode = "TRIGGERED",
                message = "Windows service W3SVC has stopped",
                severity = "MAJOR",
                sourceName = "W3SVC",
                data = new { message = new { code = "WindowsServiceStopped", @params = new { target = "W3SVC" } } },
                device = new { id = 7, organizationId = organization, systemName = "SRV-NINJA01" },
            }),
            Headers = { { "X-Hook-Secret", secret } },
        };
        using var result = await bot.Http.SendAsync(request);
        return result.StatusCode;
    }

    private static async Task<WebApplication> StartAsync(ConcurrentDictionary<string, string> services, ConcurrentQueue<string> calls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            calls.Enqueue($"{http.Request.Method} {http.Request.Path} {body}".Trim());
            http.Response.ContentType = "application/json";
            const string device = """{"id":7,"organizationId":2,"offline":false,"systemName":"SRV-NINJA01"}""";
            switch (http.Request.Path.Value)
            {
                case "/ws/oauth/token":
                    await http.Response.WriteAsync("""{"access_token":"t","expires_in":3600}""");
                    break;
                case "/v2/devices/search":
                    await http.Response.WriteAsync($$"""{"devices":[{{device}}]}""");
                    break;
                case "/v2/device/7":
                    await http.Response.WriteAsync(device);
                    break;
                case "/v2/device/7/windows-services":
                    await http.Response.WriteAsync(new JsonArray([.. services.Select(static one => new JsonObject
                    {
                        ["name"] = one.Key, ["displayName"] = $"{one.Key} service", ["state"] = one.Value, ["startType"] = "AUTO_START",
                    })]).ToJsonString());
                    break;
                case "/v2/device/7/windows-service/W3SVC/control":
                    services["W3SVC"] = JsonNode.Parse(body)!["action"]!.ToString() == "START" ? "RUNNING" : "STOPPED";
                    http.Response.StatusCode = 204;
                    break;
                default:
                    http.Response.StatusCode = 404;
                    break;
            }
        });
        await app.StartAsync();
        return app;
    }
}

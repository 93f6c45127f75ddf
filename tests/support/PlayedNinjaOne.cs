using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Support;

/// <summary>NinjaOne with one organization and one device, whose services it keeps; on 127.0.0.1.</summary>
public sealed class PlayedNinjaOne : IAsyncDisposable
{
    /// <summary>The client secret that it takes at first.</summary>
    public const string FirstSecret = "the-secret-of-ninjaone";

    private const string Device = """{"id":7,"organizationId":2,"offline":false,"systemName":"SRV-NINJA01"}""";

    private readonly WebApplication app;

    private PlayedNinjaOne(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The client secret that it takes.</summary>
    public string Secret { get; set; } = FirstSecret;

    /// <summary>It answers nothing before this ends.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>State by name.</summary>
    public ConcurrentDictionary<string, string> Services { get; } = new() { ["W3SVC"] = "STOPPED" };

    /// <summary>Method, path and body of every request.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    public static async Task<PlayedNinjaOne> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new PlayedNinjaOne(app);
        app.Run(vendor.AnswerAsync);
        await app.StartAsync();
        return vendor;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Sends what NinjaOne sends when the service has stopped.</summary>
    public static async Task<HttpStatusCode> DeliverAsync(HttpClient bot, string secret, int organization)
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
        using var result = await bot.SendAsync(request);
        return result.StatusCode;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        await Held;
        Calls.Enqueue($"{http.Request.Method} {http.Request.Path} {body}".Trim());
        http.Response.ContentType = "application/json";
        switch (http.Request.Path.Value)
        {
            case "/ws/oauth/token" when !body.Contains($"client_secret={Secret}", StringComparison.Ordinal):
                http.Response.StatusCode = 401;
                await http.Response.WriteAsync("""{"error":"invalid_client"}""");
                break;
            case "/ws/oauth/token":
                await http.Response.WriteAsync("""{"access_token":"t","expires_in":3600}""");
                break;
            case "/v2/organization/2":
                await http.Response.WriteAsync("""{"id":2,"name":"Contoso"}""");
                break;
            case "/v2/devices/search":
                await http.Response.WriteAsync($$"""{"devices":[{{Device}}]}""");
                break;
            case "/v2/device/7":
                await http.Response.WriteAsync(Device);
                break;
            case "/v2/device/7/windows-services":
                await http.Response.WriteAsync(new JsonArray([.. Services.Select(static one => new JsonObject
                {
                    ["name"] = one.Key, ["displayName"] = $"{one.Key} service", ["state"] = one.Value, ["startType"] = "AUTO_START",
                })]).ToJsonString());
                break;
            case "/v2/device/7/windows-service/W3SVC/control":
                Services["W3SVC"] = JsonNode.Parse(body)!["action"]!.ToString() == "START" ? "RUNNING" : "STOPPED";
                http.Response.StatusCode = 204;
                break;
            default:
                http.Response.StatusCode = 404;
                break;
        }
    }
}

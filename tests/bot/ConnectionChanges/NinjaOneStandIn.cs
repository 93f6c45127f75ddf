using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>As much of NinjaOne as tells whether credentials are right, on 127.0.0.1.</summary>
internal sealed class NinjaOneStandIn : IAsyncDisposable
{
    private readonly WebApplication app;

    private NinjaOneStandIn(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The client secret that it takes.</summary>
    public string Secret { get; set; } = "the-secret-of-ninjaone";

    public ConcurrentQueue<string> Calls { get; } = [];

    public static async Task<NinjaOneStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new NinjaOneStandIn(app);
        app.Run(vendor.AnswerAsync);
        await app.StartAsync();
        return vendor;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        Calls.Enqueue($"{http.Request.Method} {http.Request.Path}");
        http.Response.ContentType = "application/json";
        if (http.Request.Path == "/ws/oauth/token")
        {
            var isKnown = body.Contains($"client_secret={Secret}", StringComparison.Ordinal);
            http.Response.StatusCode = isKnown ? 200 : 401;
            await http.Response.WriteAsync(isKnown ? """{"access_token":"t","expires_in":3600}""" : """{"error":"invalid_client"}""");
        }
        else if (http.Request.Path == "/v2/organization/2" && http.Request.Headers.Authorization == "Bearer t")
        {
            await http.Response.WriteAsync("""{"id":2,"name":"Contoso"}""");
        }
        else
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync("{}");
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using DevOpsAI.Bot.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_and_traces_reach_the_collector_without_paths_or_queries()
    {
        var sent = new ConcurrentDictionary<string, string>();
        await using var collector = await StartAsync([], app => app.MapPost("/v1/{signal}", async (HttpContext call, string signal) =>
        {
            using var body = new MemoryStream();
            await call.Request.Body.CopyToAsync(body);
            var text = Encoding.Latin1.GetString(body.ToArray());
            sent.AddOrUpdate(signal, text, (_, before) => before + text);
        }));
        await using (var bot = await StartAsync(
            [$"--OTEL_EXPORTER_OTLP_ENDPOINT={GetAddress(collector)}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"],
            app => app.MapGet("/hello/{whom}", static () => "hello")))
        {
            using var meter = new Meter("DevOpsAI.Testing");
            meter.CreateCounter<int>("devopsai.testing.hellos").Add(1);
            using var client = new HttpClient();
            await client.GetStringAsync($"{GetAddress(bot)}/hello/anna-lopez?access_token=hush-hush",
                TestContext.Current.CancellationToken);
            await bot.StopAsync(TestContext.Current.CancellationToken);
        }
        sent["metrics"].ShouldContain("devopsai.testing.hellos");
        sent["metrics"].ShouldContain("http.server.request.duration");
        sent["metrics"].ShouldContain("http.client.request.duration");
        sent["metrics"].ShouldContain("dotnet.gc.collections");
        sent["traces"].ShouldContain("GET /hello/{whom}");
        sent["traces"].ShouldContain("server.port");
        foreach (var what in sent.Values)
        {
            what.ShouldNotContain("anna-lopez");
            what.ShouldNotContain("hush-hush");
        }
    }

    private static async Task<WebApplication> StartAsync(string[] arguments, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTelemetry(builder.Configuration);
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static string GetAddress(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}

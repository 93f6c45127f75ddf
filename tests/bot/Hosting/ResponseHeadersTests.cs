using System.Net.Http.Headers;
using DevOpsAI.LocalTeams.People;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Hosting;

/// <summary>Whatever the bot answers, and wherever: an endpoint that is added tomorrow is among these too.</summary>
public sealed class AnswerHeadersTests
{
    [Fact]
    public async Task Every_answer_of_every_endpoint_tells_browsers_what_not_to_do_with_it()
    {
        await using var bot = await StartAsync();
        var endpoints = bot.Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints)
            .OfType<RouteEndpoint>().ToList();
        endpoints.Count.ShouldBeGreaterThan(20);
        foreach (var (method, path) in endpoints.SelectMany(GetPaths).Append(("GET", "/nowhere")).Append(("DELETE", "/readyz")))
        {
            using var result = await AskAsync(bot, method, path);
            var why = $"{method} {path}: {(int)result.StatusCode}";
            GetHeader(result, "X-Content-Type-Options").ShouldBe("nosniff", why);
            GetHeader(result, "Referrer-Policy").ShouldBe("no-referrer", why);
            GetHeader(result, "Content-Security-Policy").ShouldStartWith("default-src 'none'", customMessage: why);
            GetHeader(result, "Content-Security-Policy").ShouldContain("frame-ancestors 'none'", customMessage: why);
            GetHeader(result, "Cache-Control")
                .ShouldContain(IsPageFile(path) && result.IsSuccessStatusCode ? "no-cache" : "no-store", customMessage: why);
            result.Headers.Contains("Server").ShouldBeFalse(why);
            result.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("no https here");
        }
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_TLS_browsers_are_told_to_stay_with_https()
    {
        await using var bot = await RunningBot.StartAsync(
            [("Tenants:contoso:Name", "Contoso Ltd"), ("Teams:TlsProxy", "true")]);
        using var result = await AskAsync(bot, "GET", "/healthz");
        GetHeader(result, "Strict-Transport-Security").ShouldBe("max-age=31536000");
    }

    /// <summary>The root leads to the page.</summary>
    private static bool IsPageFile(string path) =>
        path == "/" || path.StartsWith("/localteams", StringComparison.Ordinal) && !path.Contains("/api/", StringComparison.Ordinal);

    /// <summary>Each verb of the endpoint, with something in place of each parameter.</summary>
    private static IEnumerable<(string Method, string Path)> GetPaths(RouteEndpoint endpoint)
    {
        var parts = endpoint.RoutePattern.PathSegments.Select(static segment => string.Concat(segment.Parts.Select(static part =>
            part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x")));
        var path = "/" + string.Join('/', parts);
        return (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, path));
    }

    private static Task<RunningBot> StartAsync() => RunningBot.StartAsync(
    [
        ("Tenants:contoso:Name", "Contoso Ltd"), ("LocalTeams:Enabled", "true"),
        ("Connections:contoso-sandbox:Tenant", "contoso"), ("Connections:contoso-sandbox:Connector", "sandbox"),
        ("Connections:contoso-sandbox:Settings:Token", "token"),
    ], replace: static services => services.Remove(services.Single(static one => one.ImplementationType == typeof(Seeder))));

    /// <summary>A stream of events never ends, so only its beginning is waited for.</summary>
    private static async Task<HttpResponseMessage> AskAsync(RunningBot bot, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        return await bot.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
            .WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
    }

    private static string GetHeader(HttpResponseMessage result, string name) =>
        result.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}

using System.Net;
using System.Text;
using DevOpsAI.LocalTeams.People;
using DevOpsAI.Tests.Isolation;

namespace DevOpsAI.Tests.Hosting;

/// <summary>In local mode everybody is anybody, so nobody gets in but this machine, at any endpoint.</summary>
public sealed class LocalCallersTests
{
    private static readonly (string Name, string Value)[] Foreign =
    [
        ("Host", "evil.example"), ("Host", "evil.example:3978"), ("Host", "localhost.evil.example"), ("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-Host", "x.devtunnels.ms"),
        ("x-forwarded-proto", "https"), ("Forwarded", "for=203.0.113.5"), ("Via", "1.1 tunnel"), ("X-Real-IP", "203.0.113.5"), ("Origin", "http://evil.example"), ("Origin", "null"),
    ];

    [Fact]
    public async Task No_proxy_foreign_name_or_foreign_page_reaches_anything_of_the_local_bot()
    {
        await using var bot = await StartAsync();
        foreach (var (method, path) in new[] { ("GET", "/"), ("GET", "/localteams"), ("GET", "/localteams/api/state"), ("POST", "/localteams/api/people/alex/messages"), ("GET", "/sandbox/v1/devices"), ("POST", "/api/events/contoso-sandbox"), ("POST", "/api/messages"), ("GET", "/nowhere") })
        {
            foreach (var (name, value) in Foreign)
                (await StatusAsync(bot, method, path, name, value)).ShouldBe(HttpStatusCode.Forbidden, $"{method} {path} with {name}: {value}");
        }
        bot.Log.ShouldNotContain(static line => line.Contains("evil.example"));
    }

    [Fact]
    public async Task This_machine_gets_in_by_any_of_its_names_and_from_its_own_page()
    {
        await using var bot = await StartAsync();
        var port = bot.Http.BaseAddress!.Port;
        foreach (var host in new[] { $"localhost:{port}", $"127.0.0.1:{port}", $"[::1]:{port}" })
        {
            (await StatusAsync(bot, "GET", "/localteams/api/state", "Host", host)).ShouldBe(HttpStatusCode.OK, host);
            (await StatusAsync(bot, "POST", "/api/events/contoso-sandbox", "Host", host)).ShouldBe(HttpStatusCode.Accepted, host);
        }
        (await StatusAsync(bot, "GET", "/localteams/api/state", "Origin", $"http://127.0.0.1:{port}")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(bot, "GET", "/localteams/api/state", "Origin", $"http://127.0.0.1:{port + 1}")).ShouldBe(HttpStatusCode.Forbidden, "another page of this machine");
        (await StatusAsync(bot, "GET", "/healthz", "X-Forwarded-For", "203.0.113.5")).ShouldBe(HttpStatusCode.OK, "a probe is told nothing");
    }

    private static Task<RunningBot> StartAsync() => RunningBot.StartAsync(
    [
        ("Tenants:contoso:Name", "Contoso Ltd"), ("LocalTeams:Enabled", "true"),
        ("Connections:contoso-sandbox:Tenant", "contoso"), ("Connections:contoso-sandbox:Connector", "sandbox"), ("Connections:contoso-sandbox:Settings:Token", "token"),
    ], replace: static services => services.Remove(services.Single(static one => one.ImplementationType == typeof(FirstDay))));

    private static async Task<HttpStatusCode> StatusAsync(RunningBot bot, string method, string path, string name, string value)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "POST")
            request.Content = new StringContent("""{"kind":"DiskSpaceLow","device":"SRV-1"}""", Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer token");
        request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await bot.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}

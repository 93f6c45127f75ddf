using System.Net;
using System.Text;
using DevOpsAI.LocalTeams.People;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Hosting;

/// <summary>In local mode everybody is anybody, so nobody gets in but this machine, and nowhere without a secret.</summary>
public sealed class LocalCallersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly (string Name, string Value)[] Foreign =
    [
        ("Host", "evil.example"), ("Host", "evil.example:3978"), ("Host", "localhost.evil.example"), ("X-Forwarded-For", "203.0.113.5"),
        ("X-Forwarded-Host", "x.devtunnels.ms"),
        ("x-forwarded-proto", "https"), ("Forwarded", "for=203.0.113.5"), ("Via", "1.1 tunnel"), ("X-Real-IP", "203.0.113.5"),
        ("Origin", "http://evil.example"), ("Origin", "null"),
    ];

    /// <summary>Where whoever holds the token is anybody.</summary>
    private static readonly (string Method, string Path)[] Anybodys =
    [
        ("GET", "/"), ("GET", "/localteams"), ("GET", "/localteams/js/app.js"), ("GET", "/localteams/api/state"),
        ("GET", "/localteams/api/events"),
        ("POST", "/localteams/api/people/alex/messages"), ("POST", "/localteams/api/samples"),
        ("POST", "/localteams/connector/v3/conversations"),
        ("GET", "/localteams/connector/v3/teams/19:local-general@thread.tacv2"), ("POST", "/api/messages"), ("GET", "/nowhere"),
    ];

    [Fact]
    public async Task No_proxy_foreign_name_or_foreign_page_reaches_anything_of_the_local_bot()
    {
        await using var bot = await StartAsync();
        foreach (var (method, path) in Anybodys.Append(("GET", "/sandbox/devices")).Append(("POST", "/api/events/contoso-sandbox")))
        {
            foreach (var (name, value) in Foreign)
                (await StatusAsync(bot, method, path, name, value)).ShouldBe(
                    HttpStatusCode.Forbidden, $"{method} {path} with {name}: {value}");
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
        (await StatusAsync(bot, "GET", "/localteams/api/state", "Origin", $"http://127.0.0.1:{port + 1}")).ShouldBe(
            HttpStatusCode.Forbidden, "another page of this machine");
        (await StatusAsync(bot, "GET", "/healthz", "X-Forwarded-For", "203.0.113.5")).ShouldBe(
            HttpStatusCode.OK, "a probe is told nothing");
    }

    /// <summary>As a proxy does that leaves no trace of itself, and as any other account of this machine can.</summary>
    [Fact]
    public async Task Without_the_token_nobody_acts_as_anybody_and_is_told_where_it_is()
    {
        await using var bot = await StartAsync();
        using var stranger = Plain(bot);
        var cut = LocalCaller.Token[..^1];
        foreach (var (method, path) in Anybodys)
        {
            foreach (var shown in new[] { null, "Bearer token", $"Bearer {cut}", $"Bearer {LocalCaller.Token}x",
                $"Basic {LocalCaller.Token}", LocalCaller.Token, "Bearer " })
            {
                using var result = await SendAsync(stranger, method, path, ("Authorization", shown));
                result.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path} with {shown}");
                result.Headers.Contains("Set-Cookie").ShouldBeFalse();
                if (path != "/api/messages")
                    (await result.Content.ReadAsStringAsync(Ct)).ShouldStartWith(
                        "Open the address of Local Teams that the bot printed when it started, which ends in ?token=...;");
            }
            using var wrongAddress = await SendAsync(stranger, method, $"{path}?token={cut}x");
            wrongAddress.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            using var wrongCookie = await SendAsync(stranger, method, path, ("Cookie", $"local-teams-{bot.Http.BaseAddress!.Port}=x"));
            wrongCookie.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }
        bot.Log.ShouldNotContain(line => line.Contains(cut));
    }

    [Fact]
    public async Task Probes_need_no_token_and_connections_their_own_secret_instead()
    {
        await using var bot = await StartAsync();
        using var stranger = Plain(bot);

        (await StatusAsync(stranger, "GET", "/healthz")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(stranger, "GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(stranger, "POST", "/api/events/contoso-sandbox", ("Authorization", "Bearer token"))).ShouldBe(
            HttpStatusCode.Accepted);
        (await StatusAsync(stranger, "GET", "/sandbox/devices", ("Authorization", "Bearer token"))).ShouldBe(HttpStatusCode.OK);
        foreach (var (method, path) in new[] { ("POST", "/api/events/contoso-sandbox"), ("GET", "/sandbox/devices") })
            (await StatusAsync(stranger, method, path, ("Authorization", $"Bearer {LocalCaller.Token}"))).ShouldBe(
                HttpStatusCode.Unauthorized, path);
    }

    [Fact]
    public async Task Opened_with_the_token_in_its_address_the_page_keeps_it_in_a_cookie_that_no_script_sees()
    {
        await using var bot = await StartAsync();
        var port = bot.Http.BaseAddress!.Port;
        using var browser = Plain(bot);

        using var opened = await SendAsync(browser, "GET", $"/localteams?person=erik&token={LocalCaller.Token}");

        opened.StatusCode.ShouldBe(HttpStatusCode.Found);
        opened.Headers.Location!.OriginalString.ShouldBe("/localteams?person=erik");
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldBe($"local-teams-{port}={LocalCaller.Token}; path=/; samesite=strict; httponly");
        var kept = ("Cookie", $"local-teams-{port}={LocalCaller.Token}");
        (await StatusAsync(browser, "GET", "/localteams?person=erik", kept)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(browser, "GET", "/localteams/api/state", kept)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(browser, "GET", "/", kept)).ShouldBe(HttpStatusCode.Found);
        (await StatusAsync(browser, "POST", "/api/messages", kept)).ShouldBe(HttpStatusCode.Unauthorized, "no browser sends activities");
        (await StatusAsync(browser, "GET", "/localteams/api/state", kept, ("Origin", "http://evil.example"))).ShouldBe(
            HttpStatusCode.Forbidden);
        (await StatusAsync(browser, "GET", $"/localteams/api/state?token={LocalCaller.Token}")).ShouldBe(
            HttpStatusCode.Unauthorized, "only the page is opened so");
        (await StatusAsync(browser, "POST", $"/api/messages?token={LocalCaller.Token}")).ShouldBe(
            HttpStatusCode.BadRequest, "let in, but no activity");
    }

    [Fact]
    public async Task The_bot_shows_the_token_to_its_own_stand_in_and_to_no_other_address_that_an_activity_names()
    {
        await using var bot = await StartAsync();

        await bot.SayAsync(new("33333333-3333-4333-8333-333333333303", "Alex"), null, "help");

        bot.Teams.Calls.ShouldNotBeEmpty();
        bot.Teams.Calls.ShouldAllBe(static call => call.Authorization == null);
    }

    [Fact]
    public async Task A_token_that_could_be_guessed_is_no_setting()
    {
        var refused =
            await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(
                () => RunningBot.StartAsync([("LocalTeams:Token", "secret")]));

        refused.Message.ShouldContain("LocalTeams:Token must be 22 to 128 letters, digits or");
    }

    private static Task<RunningBot> StartAsync() => RunningBot.StartAsync(
    [
        ("Tenants:contoso:Name", "Contoso Ltd"), ("LocalTeams:Enabled", "true"),
        ("Connections:contoso-sandbox:Tenant", "contoso"), ("Connections:contoso-sandbox:Connector", "sandbox"),
        ("Connections:contoso-sandbox:Settings:Token", "token"),
    ], replace: static services => services.Remove(services.Single(static one => one.ImplementationType == typeof(Seeder))));

    private static HttpClient Plain(RunningBot bot) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = bot.Http.BaseAddress };

    private static Task<HttpStatusCode> StatusAsync(RunningBot bot, string method, string path, string name, string value) => StatusAsync(
        bot.Http, method, path, (name, value),
        ("Authorization", path is "/api/events/contoso-sandbox" or "/sandbox/devices" ? "Bearer token" : null));

    private static async Task<HttpStatusCode> StatusAsync(
        HttpClient http, string method, string path, params (string Name, string? Value)[] headers)
    {
        using var result = await SendAsync(http, method, path, headers);
        return result.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, string method, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "POST")
            request.Content = new StringContent("""{"kind":"DiskSpaceLow","device":"SRV-1"}""", Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers.Where(static header => header.Value is not null))
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}

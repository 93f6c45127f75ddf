using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>The bot with credentials, as it runs behind real Teams: who has no good token gets in nowhere, and leaves no trace.</summary>
public sealed class TokenTests
{
    private const string App = "22222222-2222-4222-8222-222222222222";
    private const string Directory = "77777777-7777-4777-8777-777777777777";

    [Fact]
    public async Task Only_a_token_that_is_right_in_everything_is_let_in()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Tenants:contoso:Name"] = "Contoso Ltd",
            ["Teams:AppId"] = App,
            ["Access:Roles:*:administrator:0"] = "99999999-0000-4000-8000-000000000001",
            ["Teams:TenantId"] = Directory,
            ["Teams:ClientSecret"] = "the-client-secret",
            ["Teams:MetadataUrl"] = teams.MetadataUrl.ToString(),
            ["Teams:LoginUrl"] = teams.Root.ToString(),
            ["Teams:TrustedServiceUrls:0"] = teams.ServiceUrl,
            ["Logging:LogLevel:Default"] = "Debug",
        });
        var now = DateTimeOffset.UtcNow;
        string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null) =>
            teams.Issuer.Token(App, teams.ServiceUrl, now, claims, header);
        var unsigned = TokenIssuer.Encode("""{"alg":"none","typ":"JWT"}""") + "." + Token().Split('.')[1] + ".";
        using var stranger = new TokenIssuer();
        (string Why, string? Token, HttpStatusCode Status)[] attacks =
        [
            ("no token", null, HttpStatusCode.Unauthorized),
            ("no JWT", "abc", HttpStatusCode.Unauthorized),
            ("alg none", unsigned, HttpStatusCode.Unauthorized),
            ("HS256 header", Token(header: head => head["alg"] = "HS256"), HttpStatusCode.Unauthorized),
            ("somebody else's key under the right id", stranger.Token(App, teams.ServiceUrl, now), HttpStatusCode.Unauthorized),
            ("another issuer", Token(claims => claims["iss"] = "https://sts.windows.net/" + Directory), HttpStatusCode.Unauthorized),
            ("another audience", Token(claims => claims["aud"] = "33333333-3333-4333-8333-333333333333"), HttpStatusCode.Unauthorized),
            ("several audiences", Token(claims => claims["aud"] = new JsonArray(App, "x")), HttpStatusCode.Unauthorized),
            ("expired", Token(claims => claims["exp"] = now.ToUnixTimeSeconds() - 301), HttpStatusCode.Unauthorized),
            ("no expiry", Token(claims => claims["exp"] = null), HttpStatusCode.Unauthorized),
            ("not yet valid", Token(claims => claims["nbf"] = now.ToUnixTimeSeconds() + 600), HttpStatusCode.Unauthorized),
            ("another service URL", Token(claims => claims["serviceurl"] = "https://smba.trafficmanager.net/emea/"),
                HttpStatusCode.Forbidden),
            ("no service URL", Token(claims => claims["serviceurl"] = null), HttpStatusCode.Forbidden),
            ("cut", Token()[..^4], HttpStatusCode.Unauthorized),
        ];
        foreach (var (why, token, status) in attacks)
            (await SendAsync(bot, token, Say(teams.ServiceUrl))).ShouldBe(status, why);
        (await SendAsync(bot, Token(), Say(teams.ServiceUrl, directory: "88888888-8888-4888-8888-888888888888"))).ShouldBe(
            HttpStatusCode.Forbidden, "another directory");
        (await SendAsync(bot, Token(claims => claims["serviceurl"] = "http://127.0.0.1:1/x"), Say("http://127.0.0.1:1/x"))).ShouldBe(
            HttpStatusCode.Forbidden, "untrusted");
        teams.Calls.ShouldBeEmpty();
        teams.TokensIssued.ShouldBe(0);

        (await SendAsync(bot, Token(), Say(teams.ServiceUrl))).IsGood().ShouldBeTrue();
        await AnswersAsync(teams, 1);
        teams.Issuer.Roll("key-2");
        (await SendAsync(bot, Token(), Say(teams.ServiceUrl))).IsGood().ShouldBeTrue("the new key is fetched");
        await AnswersAsync(teams, 2);
        (await SendAsync(bot, Token(header: head => head["kid"] = "key-9"), Say(teams.ServiceUrl))).ShouldBe(
            HttpStatusCode.Unauthorized, "unknown key");

        teams.Calls.ShouldAllBe(
            call => call.Authorization != null && call.Authorization.StartsWith("Bearer token-", StringComparison.Ordinal));
        foreach (var path in new[] { "/localteams", "/localteams/api/state", "/sandbox/devices" })
        {
            using var result = await bot.Http.GetAsync(path, TestContext.Current.CancellationToken);
            result.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
        bot.Output.ShouldNotContain("the-client-secret");
        bot.Output.ShouldNotContain("Bearer token-");
        bot.Output.ShouldNotContain(Token().Split('.')[0]);
    }

    private static JsonObject Say(string serviceUrl, string directory = Directory) => new()
    {
        ["type"] = "message",
        ["id"] = Guid.NewGuid().ToString(),
        ["channelId"] = "msteams",
        ["serviceUrl"] = serviceUrl,
        ["text"] = "whoami",
        ["from"] = new JsonObject { ["id"] = "29:1tara", ["name"] = "Tara Tech", ["aadObjectId"] = "77777777-0000-4000-8000-000000000001" },
        ["recipient"] = new JsonObject { ["id"] = "28:" + App },
        ["conversation"] = new JsonObject { ["id"] = "a:1tara", ["conversationType"] = "personal", ["tenantId"] = directory },
        ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = directory } },
    };

    private static async Task<HttpStatusCode> SendAsync(BotProcess bot, string? token, JsonObject activity)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages") { Content = JsonContent.Create(activity) };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var result = await bot.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return result.StatusCode;
    }

    private static Task AnswersAsync(FakeTeams teams, int count) => Eventually.TrueAsync(
        () => Task.FromResult(teams.Calls.Count(call => call.Is("POST", "/activities")) >= count), () => $"{count} answers");
}

internal static class StatusCodeExtensions
{
    public static bool IsGood(this HttpStatusCode status) => (int)status is >= 200 and < 300;
}

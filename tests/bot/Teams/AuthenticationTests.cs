using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

/// <summary>Each check of the token failing alone, and the way keys are fetched.</summary>
public sealed class AuthenticationTests
{
    private const HttpStatusCode Accepted = HttpStatusCode.OK;
    private const HttpStatusCode Unauthorized = HttpStatusCode.Unauthorized;
    private const HttpStatusCode Forbidden = HttpStatusCode.Forbidden;

    private static readonly Dictionary<string, (HttpStatusCode Expected, Func<Attack, string?> Token)> Attacks = new()
    {
        ["valid"] = (Accepted, attack => attack.Token()),
        ["valid, RS384"] = (Accepted, attack => attack.Token(header: head => head["alg"] = "RS384")),
        ["valid, RS512"] = (Accepted, attack => attack.Token(header: head => head["alg"] = "RS512")),
        ["valid, claim spelled serviceUrl"] =
            (Accepted, attack => attack.Token(claims => (claims["serviceurl"], claims["serviceUrl"]) = (null, attack.ServiceUrl))),
        ["valid, service url with a slash and other case"] =
            (Accepted, attack => attack.Token(claims => claims["serviceurl"] = attack.ServiceUrl.ToUpperInvariant() + "/")),
        ["valid, 4 minutes past its end"] = (Accepted, attack => attack.Token(claims => claims["exp"] = attack.Now - 240)),
        ["valid, begins in 4 minutes"] = (Accepted, attack => attack.Token(claims => claims["nbf"] = attack.Now + 240)),
        ["no header"] = (Unauthorized, _ => null),
        ["empty token"] = (Unauthorized, _ => ""),
        ["not a token"] = (Unauthorized, _ => "abc"),
        ["two parts"] = (Unauthorized, attack => attack.Token()[..attack.Token().LastIndexOf('.')]),
        ["empty signature"] = (Unauthorized, attack => attack.Token()[..(attack.Token().LastIndexOf('.') + 1)]),
        ["other issuer"] = (Unauthorized, attack => attack.Token(claims => claims["iss"] = "https://sts.windows.net/x/")),
        ["issuer with a slash"] = (Unauthorized, attack => attack.Token(claims => claims["iss"] = TokenIssuer.Issuer + "/")),
        ["no issuer"] = (Unauthorized, attack => attack.Token(claims => claims["iss"] = null)),
        ["other audience"] = (Unauthorized, attack => attack.Token(claims => claims["aud"] = Guid.NewGuid().ToString())),
        ["audience list"] = (Unauthorized, attack => attack.Token(claims => claims["aud"] = new JsonArray(TeamsHost.AppId, "other"))),
        ["no audience"] = (Unauthorized, attack => attack.Token(claims => claims["aud"] = null)),
        ["expired"] = (Unauthorized, attack => attack.Token(claims => claims["exp"] = attack.Now - 301)),
        ["no end"] = (Unauthorized, attack => attack.Token(claims => claims["exp"] = null)),
        ["end as text"] = (Unauthorized, attack => attack.Token(claims => claims["exp"] = $"{attack.Now + 3600}")),
        ["not yet valid"] = (Unauthorized, attack => attack.Token(claims => claims["nbf"] = attack.Now + 301)),
        ["begin as text"] = (Unauthorized, attack => attack.Token(claims => claims["nbf"] = "soon")),
        ["unknown key"] = (Unauthorized, attack => attack.Token(header: head => head["kid"] = "nobody")),
        ["no key id"] = (Unauthorized, attack => attack.Token(header: head => head["kid"] = null)),
        ["alg none"] = (Unauthorized,
            attack => $"{TokenIssuer.Encode($$"""{"alg":"none","typ":"JWT","kid":"{{attack.KeyId}}"}""")}.{attack.Token().Split('.')[1]}."),
        ["alg none, signed"] = (Unauthorized, attack => attack.Token(header: head => head["alg"] = "none")),
        ["alg HS256 with the public key as secret"] = (Unauthorized, attack => attack.Hmac()),
        ["alg PS256"] = (Unauthorized, attack => attack.Token(header: head => head["alg"] = "PS256")),
        ["alg rs256"] = (Unauthorized, attack => attack.Token(header: head => head["alg"] = "rs256")),
        ["alg changed after signing"] =
            (Unauthorized, attack => attack.WithHeader($$"""{"alg":"RS384","typ":"JWT","kid":"{{attack.KeyId}}"}""")),
        ["claims changed after signing"] = (Unauthorized, attack => attack.WithClaims()),
        ["signature of another key"] = (Unauthorized, attack => attack.ForeignSignature()),
        ["repeated alg"] = (Unauthorized, attack => attack.Sign($$"""{"alg":"none","alg":"RS256","kid":"{{attack.KeyId}}"}""")),
        ["repeated issuer"] = (Unauthorized, attack => attack.Sign(null, claims => claims.Insert(1, "\"iss\":\"evil\","))),
        ["critical header"] = (Unauthorized, attack => attack.Token(header: head => head["crit"] = new JsonArray("b64"))),
        ["nested"] = (Unauthorized, attack => attack.Token(header: head => head["cty"] = "JWT")),
        ["compressed"] = (Unauthorized, attack => attack.Token(header: head => head["zip"] = "DEF")),
        ["key offered by the token itself"] =
            (Unauthorized, attack => attack.Token(header: head => (head["kid"], head["jku"]) = ("mine", "https://evil.example/keys"))),
        ["type of something else"] = (Unauthorized, attack => attack.Token(header: head => head["typ"] = "JWE")),
        ["padding"] = (Unauthorized, attack => attack.Token() + "=="),
        ["oversized"] = (Unauthorized, attack => attack.Token(claims => claims["junk"] = new string('x', 20_000))),
        ["half a surrogate pair as alg"] = (Unauthorized, attack => attack.Sign($$"""{"alg":"\ud800","kid":"{{attack.KeyId}}"}""")),
        ["half a surrogate pair as kid"] = (Unauthorized, attack => attack.Sign("""{"alg":"RS256","kid":"\ud800"}""")),
        ["half a surrogate pair as a name"] =
            (Unauthorized, attack => attack.Sign($$"""{"alg":"RS256","\ud800":1,"kid":"{{attack.KeyId}}x"}""")),
        ["half a surrogate pair as issuer"] =
            (Unauthorized, attack =>
                attack.Sign(null, claims => claims.Insert(1, "\"iss\":\"\\udc00\",").Replace("\"iss\":\"https", "\"other\":\"https"))),
        ["header is a list"] = (Unauthorized, attack => attack.Sign("[]")),
        ["no service url claim"] = (Forbidden, attack => attack.Token(claims => claims["serviceurl"] = null)),
        ["other service url claim"] =
            (Forbidden, attack => attack.Token(claims => claims["serviceurl"] = "https://smba.trafficmanager.net/teams")),
        ["two service url claims"] = (Forbidden, attack => attack.Token(claims => claims["serviceUrl"] = attack.ServiceUrl)),
        ["service url claim is a number"] = (Forbidden, attack => attack.Token(claims => claims["serviceurl"] = 1)),
    };

    public static TheoryData<string> Names => [.. Attacks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_token_decides(string attack)
    {
        var clock = new ManualClock();
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        var (expected, token) = Attacks[attack];
        var status = await host.StatusAsync(AnActivity.Click("view", serviceUrl: teams.ServiceUrl), token(new(teams, clock)));
        status.ShouldBe(expected);
        host.Handler.Turns.Count.ShouldBe(expected == Accepted ? 1 : 0);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    [InlineData("Bearer a b")]
    public async Task Any_other_scheme_is_unauthorised(string header)
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages")
            { Content = Json(AnActivity.Click("view", serviceUrl: teams.ServiceUrl)) };
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var result = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        result.StatusCode.ShouldBe(Unauthorized);
        (await result.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_does_not_endorse_teams_is_forbidden()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Endorsements[0] = "webchat";
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        (await host.StatusAsync(AnActivity.Click("view", serviceUrl: teams.ServiceUrl), new Attack(teams).Token())).ShouldBe(Forbidden);
    }

    [Fact]
    public async Task An_endorsed_channel_other_than_teams_is_forbidden()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Endorsements.Add("webchat");
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        var activity = AnActivity.Click("view", serviceUrl: teams.ServiceUrl).With("channelId", "webchat");
        (await host.StatusAsync(activity, new Attack(teams).Token())).ShouldBe(Forbidden);
    }

    [Fact]
    public async Task A_service_url_that_the_token_names_but_we_do_not_trust_is_forbidden()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        const string Evil = "https://evil.trafficmanager.net/amer/";
        var token = new Attack(teams).Token(claims => claims["serviceurl"] = Evil);
        (await host.StatusAsync(AnActivity.Click("view", serviceUrl: Evil), token)).ShouldBe(Forbidden);
    }

    [Fact]
    public async Task Only_people_of_allowed_tenants_are_let_in()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        var foreign = Guid.NewGuid().ToString();
        var click = AnActivity.Click("view", serviceUrl: teams.ServiceUrl);
        click["conversation"]!["tenantId"] = foreign;
        (await host.StatusAsync(click, new Attack(teams).Token())).ShouldBe(Forbidden);
        click["conversation"]!["tenantId"] = TeamsHost.Tenant;
        click["channelData"]!["tenant"]!["id"] = foreign;
        (await host.StatusAsync(click, new Attack(teams).Token())).ShouldBe(Forbidden);
        click["conversation"]!.AsObject().Remove("tenantId");
        click.Remove("channelData");
        (await host.StatusAsync(click, new Attack(teams).Token())).ShouldBe(Forbidden);
    }

    [Fact]
    public async Task A_new_key_is_found_by_one_forced_refresh()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        (await ClickAsync(host, teams, "f:1")).ShouldBe(Accepted);
        teams.Issuer.Roll("key-2");
        (await ClickAsync(host, teams, "f:2")).ShouldBe(Accepted);
        teams.KeyFetches.ShouldBe(2);
    }

    [Fact]
    public async Task A_flood_of_random_key_ids_fetches_three_times_in_five_minutes_at_most()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:0", clock)).ShouldBe(Accepted);
        for (var number = 0; number < 20; number++)
            (await UnknownKeyAsync(host, teams, clock, $"random-{number}")).ShouldBe(Unauthorized);
        teams.KeyFetches.ShouldBe(4);
        teams.Issuer.Roll("key-2");
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Unauthorized);
        clock.Advance(TimeSpan.FromMinutes(5));
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Accepted);
        teams.KeyFetches.ShouldBe(5);
    }

    [Fact]
    public async Task A_stranger_who_has_the_keys_fetched_keeps_no_new_key_out()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:0", clock)).ShouldBe(Accepted);
        (await UnknownKeyAsync(host, teams, clock, "random")).ShouldBe(Unauthorized);
        teams.Issuer.Roll("key-2");
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Accepted);
    }

    [Fact]
    public async Task A_token_that_would_be_refused_anyway_has_no_keys_fetched()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:0", clock)).ShouldBe(Accepted);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        Action<JsonObject>[] flaws =
        [
            claims => claims["aud"] = "33333333-3333-4333-8333-333333333333",
            claims => claims["exp"] = now - 3600,
            claims => claims["exp"] = null,
            claims => claims["exp"] = now + 10L * 365 * 24 * 3600,
            claims => claims["exp"] = 1e300,
            claims => claims["nbf"] = now + 3600,
        ];
        foreach (var flaw in flaws)
            (await UnknownKeyAsync(host, teams, clock, "random", flaw)).ShouldBe(Unauthorized);
        teams.KeyFetches.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stranger_is_turned_away_before_its_body_is_read(bool registered)
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = registered ? await TeamsHost.StartRegisteredAsync(teams) : await TeamsHost.StartAsync();
        using var socket = new TcpClient();
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, cancellation);
        // The body is promised and never sent.
        var head = "POST /api/messages HTTP/1.1\r\nHost: bot.example\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n"
            + $"Authorization: Bearer {new Attack(teams).ForeignSignature()}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        (await reader.ReadLineAsync(cancellation)).ShouldBe(registered ? "HTTP/1.1 401 Unauthorized" : "HTTP/1.1 403 Forbidden");
    }

    [Fact]
    public async Task Without_any_keys_the_sender_is_told_to_come_back()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        teams.KeysAreDown = true;
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        teams.KeysAreDown = false;
        clock.Advance(TimeSpan.FromSeconds(2));
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Accepted);
    }

    [Fact]
    public async Task The_last_good_keys_serve_while_the_metadata_is_down()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Accepted);
        teams.KeysAreDown = true;
        clock.Advance(TimeSpan.FromHours(30));
        (await ClickAsync(host, teams, "f:2", clock)).ShouldBe(Accepted);
    }

    [Fact]
    public async Task A_token_accepted_before_is_checked_again_in_everything_but_its_signature()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        var token = teams.Issuer.Token(TeamsHost.AppId, teams.ServiceUrl, clock.GetUtcNow(),
            claims => claims["exp"] = clock.GetUtcNow().AddHours(48).ToUnixTimeSeconds());
        Task<HttpStatusCode> SendAsync(string id, string serviceUrl) => host.StatusAsync(AnActivity.Click("view", id, serviceUrl), token);

        (await SendAsync("f:1", teams.ServiceUrl)).ShouldBe(Accepted);
        (await SendAsync("f:2", teams.ServiceUrl + "/other")).ShouldBe(Forbidden);
        teams.Issuer.Roll("key-2");
        teams.Issuer.Withdraw("key-1");
        clock.Advance(TimeSpan.FromHours(24));
        (await SendAsync("f:3", teams.ServiceUrl)).ShouldBe(Unauthorized, "its key is gone");
        var next = teams.Issuer.Token(TeamsHost.AppId, teams.ServiceUrl, clock.GetUtcNow());
        (await host.StatusAsync(AnActivity.Click("view", "f:4", teams.ServiceUrl), next)).ShouldBe(Accepted);
        clock.Advance(TimeSpan.FromHours(2));
        (await host.StatusAsync(AnActivity.Click("view", "f:5", teams.ServiceUrl), next)).ShouldBe(Unauthorized, "it has expired");
    }

    [Fact]
    public async Task A_withdrawn_key_is_no_longer_believed_a_day_later()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams, clock);
        (await ClickAsync(host, teams, "f:1", clock)).ShouldBe(Accepted);
        clock.Advance(TimeSpan.FromHours(24));
        var old = new Attack(teams, clock).Token();
        teams.Issuer.Roll("key-2");
        teams.Issuer.Withdraw("key-1");
        (await host.StatusAsync(AnActivity.Click("view", "f:2", teams.ServiceUrl), old)).ShouldBe(Unauthorized);
    }

    [Fact]
    public async Task Keys_on_another_host_than_the_metadata_are_not_fetched()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.KeysUrl = $"http://localhost:{teams.Root.Port}/v1/.well-known/keys"; // the metadata is on 127.0.0.1
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        (await ClickAsync(host, teams, "f:1")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        teams.KeyFetches.ShouldBe(0);
    }

    private static Task<HttpStatusCode> UnknownKeyAsync(
        TeamsHost host, FakeTeams teams, TimeProvider clock, string keyId, Action<JsonObject>? claims = null) =>
        host.StatusAsync(AnActivity.Click("view", serviceUrl: teams.ServiceUrl),
            new Attack(teams, clock).Token(claims, header => header["kid"] = keyId));

    private static Task<HttpStatusCode> ClickAsync(TeamsHost host, FakeTeams teams, string id, TimeProvider? clock = null) =>
        host.StatusAsync(AnActivity.Click("view", id, teams.ServiceUrl), new Attack(teams, clock).Token());

    private static StringContent Json(JsonObject activity) => new(activity.ToJsonString(), Encoding.UTF8, "application/json");

    internal sealed class Attack(FakeTeams teams, TimeProvider? clock = null)
    {
        private readonly DateTimeOffset now = (clock ?? TimeProvider.System).GetUtcNow();

        public long Now => now.ToUnixTimeSeconds();

        public string KeyId => teams.Issuer.KeyId;

        public string ServiceUrl => teams.ServiceUrl;

        public string Token(Action<JsonObject>? claims = null, Action<JsonObject>? header = null) =>
            teams.Issuer.Token(TeamsHost.AppId, teams.ServiceUrl, now, claims, header);

        public string Sign(string? header, Func<string, string>? claims = null)
        {
            var body =
                $$"""{"iss":"{{TokenIssuer.Issuer}}","aud":"{{TeamsHost.AppId}}","serviceurl":"{{ServiceUrl}}","exp":{{Now + 3600}}}""";
            return teams.Issuer.Sign(header ?? $$"""{"alg":"RS256","kid":"{{KeyId}}"}""", claims?.Invoke(body) ?? body);
        }

        public string WithHeader(string header) => $"{TokenIssuer.Encode(header)}.{string.Join('.', Token().Split('.')[1..])}";

        public string WithClaims()
        {
            var parts = Token().Split('.');
            var other = Token(claims => claims["exp"] = Now + 9999).Split('.');
            return $"{parts[0]}.{other[1]}.{parts[2]}";
        }

        public string ForeignSignature()
        {
            using var foreign = new TokenIssuer();
            return foreign.Token(TeamsHost.AppId, teams.ServiceUrl, now);
        }

        public string Hmac()
        {
            var signed = $"{TokenIssuer.Encode($$"""{"alg":"HS256","typ":"JWT","kid":"{{KeyId}}"}""")}.{Token().Split('.')[1]}";
            var signature = HMACSHA256.HashData(teams.Issuer.PublicKeyPem(), Encoding.ASCII.GetBytes(signed));
            return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
        }
    }
}

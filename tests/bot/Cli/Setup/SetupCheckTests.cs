using System.Net;
using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Tests.Support;
using DevOpsAI.Tests.Teams;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>What is missing towards Teams and in the settings: each by itself gives its line and no other.</summary>
public sealed class SetupCheckTests : IAsyncLifetime
{
    private const string Nowhere = "http://127.0.0.1:1/";
    private SetupScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await SetupScene.StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task It_is_ready_when_nothing_is_missing()
    {
        var (code, output, error) = await scene.RunAsync();
        output.ShouldEndWith("\nReady.\n");
        (code, error).ShouldBe((SetupCommand.Ready, ""));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[..^1];
        lines.ShouldAllBe(static line => line.StartsWith("ok       ") || line.StartsWith("skipped  "));
        lines.Select(static line => line[9..25]).ShouldAllBe(static name => name.EndsWith("  ") && !name.StartsWith(' '));
    }

    [Fact]
    public async Task Programs_get_one_object_for_each_line_under_names_that_stay()
    {
        var lines = await scene.LinesAsync();
        lines.Select(static line => $"{line.Check} {line.Status}").ShouldBe(
        [
            "settings ok", "secrets ok", "sample-secrets ok", "runbooks ok", "policies ok", "listening ok", "kill-switch skipped",
            "administrators ok", "credential ok", "signing-keys ok", "connector ok", "endpoint ok", "folder ok", "cosmos skipped",
            "checkpoint-key skipped", "client-keys skipped", "secret-vault skipped", "clock ok",
        ]);
        lines.ShouldAllBe(static line => line.Message.Length > 0);
    }

    [Theory]
    [InlineData(7000215, "Teams:ClientSecret is no secret of the application")]
    [InlineData(7000222, "Teams:ClientSecret has expired")]
    [InlineData(700016, $"The tenant {TeamsHost.Tenant} has no application {TeamsHost.AppId}")]
    [InlineData(90002, $"There is no tenant {TeamsHost.Tenant}")]
    [InlineData(7000112, "is disabled")]
    [InlineData(50079, "https://login.microsoftonline.com/error?code=50079")]
    public async Task What_Entra_refuses_is_told_apart(int number, string told)
    {
        scene.Teams.TokenRefusal = new(400, $$"""
            {"error":"invalid_client","error_description":"AADSTS{{number}}: no. Trace ID: 1","error_codes":[{{number}}],"trace_id":"1"}
            """);
        var line = await scene.MissingAsync("credential");
        line.ShouldContain(told);
        line.ShouldContain($"{number}");
    }

    [Theory]
    [InlineData("{}", "Try again")]
    [InlineData("<html>", "Try again")]
    [InlineData("""{"error":"temporarily_unavailable","error_codes":"none"}""", "Try again")]
    public async Task A_login_host_that_makes_no_sense_is_told_too(string body, string told)
    {
        scene.Teams.TokenRefusal = new(400, body);
        (await scene.MissingAsync("credential")).ShouldContain(told);
    }

    [Fact]
    public async Task A_login_host_that_cannot_be_reached_is_named()
    {
        scene.Settings["Teams:LoginUrl"] = Nowhere;
        (await scene.MissingAsync("credential")).ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task A_certificate_that_is_none_is_named()
    {
        scene.Settings["Teams:ClientSecret"] = null;
        scene.Settings["Teams:CertificatePath"] = Path.Combine(scene.Root, "none.pfx");
        (await scene.MissingAsync("credential")).ShouldStartWith("Teams:CertificatePath cannot be used");
    }

    [Fact]
    public async Task Without_an_app_id_production_lacks_it_and_Development_needs_none()
    {
        foreach (var setting in scene.Settings.Keys.Where(static key => key.StartsWith("Teams:", StringComparison.Ordinal)).ToList())
            scene.Settings[setting] = null;
        (await scene.MissingAsync("credential")).ShouldStartWith("Teams:AppId is not set");
        scene.Settings["environment"] = "Development";
        (await scene.RunAsync()).Output.ShouldEndWith("Ready.\n");
    }

    [Fact]
    public async Task Signing_keys_that_cannot_be_had_are_told_with_their_address()
    {
        scene.Teams.KeysAreDown = true;
        var line = await scene.MissingAsync("signing-keys");
        line.ShouldContain(scene.Teams.MetadataUrl.AbsoluteUri);
        line.ShouldContain("503");
        scene.Teams.KeysAreDown = false;
        scene.Teams.KeysUrl = "https://elsewhere.example/keys";
        (await scene.MissingAsync("signing-keys")).ShouldContain("jwks_uri is not on the metadata's host");
    }

    [Fact]
    public async Task A_connector_address_that_does_not_answer_is_named()
    {
        scene.Settings["Teams:TrustedServiceUrls:1"] = Nowhere + "teams";
        (await scene.MissingAsync("connector")).ShouldStartWith($"{Nowhere}teams cannot be reached");
        scene.Settings["Teams:TrustedServiceUrls:1"] = null;
        scene.Teams.Next(new FakeResponse(502));
        (await scene.MissingAsync("connector")).ShouldContain("it was answered 502");
    }

    [Fact]
    public async Task The_token_of_the_bot_is_not_shown_to_an_address_that_is_only_looked_at()
    {
        await scene.LinesAsync();
        scene.Teams.TokensIssued.ShouldBe(1);
        scene.Teams.Calls.ShouldHaveSingleItem().Authorization.ShouldBeNullOrEmpty();
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "it is not the bot that asks")]
    [InlineData(HttpStatusCode.NotFound, "The path is /api/messages")]
    [InlineData(HttpStatusCode.BadGateway, "does not reach the bot")]
    [InlineData(HttpStatusCode.Redirect, "answered 302")]
    [InlineData(HttpStatusCode.OK, "answered 200")]
    public async Task An_endpoint_where_somebody_else_answers_is_told(HttpStatusCode status, string told)
    {
        scene.InPlaceOfBot = status;
        (await scene.MissingAsync("endpoint")).ShouldContain(told);
    }

    [Theory]
    [InlineData("http://bot.example/api/messages", "is no https address")]
    [InlineData("https://127.0.0.1:1/api/messages", "cannot be reached")]
    public async Task An_endpoint_that_Teams_cannot_deliver_to_is_told(string endpoint, string told)
    {
        scene.Endpoint = endpoint;
        (await scene.MissingAsync("endpoint")).ShouldContain(told);
    }

    [Fact]
    public async Task Without_an_endpoint_none_is_asked()
    {
        scene.Endpoint = null;
        (await scene.LinesAsync()).ShouldContain(static line => line.Check == "endpoint" && line.Status == "skipped");
    }

    [Theory]
    [InlineData(5, "5 minutes ahead")]
    [InlineData(-3, "3 minutes behind")]
    [InlineData(1, null)]
    public async Task A_clock_that_is_minutes_off_is_told(int minutes, string? told)
    {
        scene.Replace(services => services.AddSingleton<TimeProvider>(new ClockThatIsOff(TimeSpan.FromMinutes(minutes))));
        if (told is null)
            (await scene.RunAsync()).Code.ShouldBe(SetupCommand.Ready);
        else
            (await scene.MissingAsync("clock")).ShouldContain(told);
    }

    [Theory]
    [InlineData("settings", "Gates:PolciyPath", "x", "did you mean Gates:PolicyPath?")]
    [InlineData("settings", "Digests:Enabled", "yes", "it must be true or false")]
    [InlineData("settings", "Teams:TenantId", "77777777-7777-4777-8777-777777777777\n", "Teams:TenantId is '77777777-7777-4777-8777-777777777777\\n'")]
    [InlineData("settings", "Teams:AppId", " 22222222-2222-4222-8222-222222222222", "write it as 22222222-2222-4222-8222-222222222222")]
    [InlineData("secrets", "Teams:ClientSecret", "env:NO_SUCH_VARIABLE_OF_SETUP", "Set the environment variable NO_SUCH_VARIABLE_OF_SETUP")]
    [InlineData("secrets", "Connections:contoso-alerts:Settings:Bearer", "file:/no/such/file", "Put the secret into that file")]
    [InlineData("runbooks", "Drafting:RunbooksPath", "no-such-folder", "the folder of Drafting:RunbooksPath does not exist")]
    [InlineData("policies", "Gates:PolicyPath", "no-such-folder", "Gates:PolicyPath: there is no folder")]
    [InlineData("listening", "urls", "http://0.0.0.0:3978", "Teams:TlsProxy=true")]
    [InlineData("listening", "urls", "nonsense", "'nonsense' is no address to listen on")]
    [InlineData("listening", "urls", "http://localhost:99999", "a port up to 65535")]
    [InlineData("listening", "urls", "http://localhost:99999999999", "is no address to listen on")]
    [InlineData("administrators", "Access:Roles:*:administrator:0", null, "Nobody is administrator of contoso, fabrikam.")]
    public async Task A_setting_that_is_wrong_is_told_under_what_it_is_about(string check, string setting, string? value, string told)
    {
        scene.Settings[setting] = value;
        (await scene.MissingAsync(check)).ShouldContain(told);
    }

    [Fact]
    public async Task A_sample_secret_is_told_in_production_without_its_value()
    {
        scene.Settings["Connections:contoso-alerts:Settings:Bearer"] = scene.Write("sample", "alertmanager-contoso-dev");
        var line = await scene.MissingAsync("sample-secrets");
        line.ShouldContain("contoso-alerts still has a published sample secret");
        line.ShouldNotContain("alertmanager-contoso-dev");
    }

    [Fact]
    public async Task A_kill_switch_that_the_account_can_change_is_told_and_left_as_it_is()
    {
        var file = Path.Combine(scene.Root, "kill-switch");
        await File.WriteAllTextAsync(file, "# nothing\n", TestContext.Current.CancellationToken);
        scene.Settings["Gates:KillSwitchPath"] = file;
        (await scene.MissingAsync("kill-switch")).ShouldContain($"can change the kill switch {file}");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("# nothing\n");
    }

    [Fact]
    public async Task Each_mistake_in_runbooks_has_a_line_with_its_place()
    {
        var folder = Directory.CreateDirectory(Path.Combine(scene.Root, "runbooks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "one.yaml"), "nonsense: 1\n", TestContext.Current.CancellationToken);
        scene.Settings["Drafting:RunbooksPath"] = folder;
        var missing = (await scene.LinesAsync()).Where(static line => line.Status == "missing").ToList();
        missing.ShouldNotBeEmpty();
        missing.ShouldAllBe(static line => line.Check == "runbooks" && line.Message.Contains("one.yaml:1:"));
    }

    [Fact]
    public async Task A_client_without_an_administrator_is_named_though_the_bot_would_start()
    {
        scene.Settings["Access:Roles:*:administrator:0"] = null;
        scene.Settings["Access:Roles:contoso:administrator:0"] = SetupScene.Administrator;
        var line = await scene.MissingAsync("administrators");
        line.ShouldStartWith("Nobody is administrator of fabrikam.");
        line.ShouldContain("Access:Roles:fabrikam:administrator:0");
    }

    [Fact]
    public async Task Where_the_start_prints_a_code_nobody_has_to_be_named()
    {
        scene.Settings["Access:Roles:*:administrator:0"] = null;
        scene.Settings["Access:FirstAdministratorCode"] = "true";
        var line = (await scene.LinesAsync()).Single(static line => line.Check == "administrators");
        line.Status.ShouldBe("ok");
        line.Message.ShouldBe("Nobody is administrator of contoso, fabrikam yet; the start prints a code for the first one.");
    }

    /// <summary>The machine's clock, so far off. Waits take as long as they do.</summary>
    private sealed class ClockThatIsOff(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}

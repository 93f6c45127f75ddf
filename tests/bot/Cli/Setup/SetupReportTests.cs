using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>How it is told: everything at once, no secret, no stack, and within the time.</summary>
public sealed class SetupReportTests : IAsyncLifetime
{
    private SetupScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await SetupScene.StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task All_that_is_missing_is_told_at_once()
    {
        BreakAll();
        var (code, output, _) = await scene.RunAsync();
        code.ShouldBe(SetupCommand.IsMissing);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var missing = lines.Where(static line => line.StartsWith("missing  ", StringComparison.Ordinal));
        missing.Select(static line => line[9..].Split(' ')[0]).ShouldBe(
        [
            "settings", "secrets", "runbooks", "listening", "administrators", "credential", "signing-keys", "connector", "endpoint",
            "folder",
        ]);
        lines[^1].ShouldBe("10 things are missing.");
        output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task One_thing_is_counted_as_one()
    {
        scene.Settings["Gates:PolciyPath"] = "x";
        (await scene.RunAsync()).Output.ShouldEndWith("\n1 thing is missing.\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_secret_is_told_whatever_is_wrong(bool json)
    {
        BreakAll();
        scene.Replace(static services => services.AddSingleton<ISetupCheck>(new Broken(
            $"the answer was: {SetupScene.ClientSecret} and {SetupScene.Bearer}")));
        var (_, output, error) = await scene.RunAsync(json ? ["--json"] : []);
        (output + error).ShouldNotContain("canary");
        output.ShouldContain("the answer was: (secret) and (secret)");
    }

    [Fact]
    public async Task A_check_that_throws_is_one_line_with_what_to_do()
    {
        scene.Replace(static services => services.AddSingleton<ISetupCheck>(new Broken("two\nlines and \u001b[31mcolour")));
        var line = await scene.MissingAsync("broken");
        line.ShouldBe("The check failed (NotSupportedException: two\\u000alines and \\u001b[31mcolour). Run it again; if it fails again, "
            + "report this line.");
    }

    [Fact]
    public async Task A_check_that_hears_nothing_is_given_up_and_no_other_waits_for_it()
    {
        scene.Replace(static services => services.AddSingleton<ISetupCheck>(new Silent()));
        scene.Limit = TimeSpan.FromSeconds(20);
        var lines = await scene.LinesAsync().WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        lines.Single(static line => line.Check == "silent").Message.ShouldStartWith("There was no answer within 20 seconds.");
    }

    [Fact]
    public async Task Settings_that_are_wrong_keep_what_needs_them_from_being_told()
    {
        scene.Settings["Teams:AppId"] = "no guid";
        (await scene.MissingAsync("settings")).ShouldContain("Teams:AppId must be the application (client) id");
        var lines = await scene.LinesAsync();
        lines.Where(static line => line.Check is "credential" or "signing-keys" or "connector" or "clock")
            .ShouldAllBe(static line => line.Status == "skipped" && line.Message.Contains("before the settings are right"));
    }

    [Theory]
    [InlineData("setup")]
    [InlineData("setup", "chek")]
    [InlineData("setup", "check", "--endpoint")]
    [InlineData("setup", "check", "--endpoint", "bot.example.com")]
    [InlineData("setup", "check", "--endpoint", "https://me:secret@bot.example.com/api/messages")]
    [InlineData("setup", "check", "--environment", "Production")]
    [InlineData("setup", "check", "--jsno")]
    public async Task A_wrong_call_is_told_with_code_2_and_an_example(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        (await SetupCommand.RunAsync(args, new(output, error), TestContext.Current.CancellationToken)).ShouldBe(SetupCommand.Usage);
        error.ToString().ShouldContain("Try: setup check");
        output.ToString().ShouldNotContain("Ready.");
    }

    [Fact]
    public async Task Other_verbs_are_not_its_own() => (await SetupCommand.TryRunAsync(["ledger", "list"])).ShouldBeNull();

    private void BreakAll()
    {
        scene.Settings["Gates:PolciyPath"] = "x";
        scene.Settings["Drafting:RunbooksPath"] = "no-such-folder";
        scene.Settings["Access:Roles:*:administrator:0"] = null;
        scene.Settings["Teams:CertificatePassword"] = "file:/no/such/file";
        scene.Settings["Storage:Path"] = Path.Combine(scene.Root, "none");
        scene.Settings["urls"] = "http://0.0.0.0:3978";
        scene.Settings["Teams:TrustedServiceUrls:1"] = "http://127.0.0.1:1/";
        scene.Endpoint = "https://127.0.0.1:1/api/messages";
        scene.Teams.KeysAreDown = true;
        scene.Teams.TokenRefusal = new(401, $$"""
            {"error":"invalid_client","error_description":"AADSTS7000215: '{{SetupScene.ClientSecret}}' is wrong","error_codes":[7000215]}
            """);
    }

    private sealed class Broken(string message) : ISetupCheck
    {
        public string Name => "broken";

        public Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException(message);
    }

    private sealed class Silent : ISetupCheck
    {
        public string Name => "silent";

        public Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken) =>
            new TaskCompletionSource<IReadOnlyList<SetupFinding>>().Task;
    }
}

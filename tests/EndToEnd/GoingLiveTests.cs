using System.Text.RegularExpressions;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// <c>docs/going-live.md</c> from the first start on, with nothing of Azure and Teams but stand-ins of the login host, the Bot Connector,
/// managed identity and Key Vault: what is missing, the app package, the first administrator, channel, alert and approval, the proof.
/// </summary>
public sealed class GoingLiveTests
{
    private const string App = "22222222-2222-4222-8222-222222222222";

    [Fact]
    public async Task From_the_first_start_to_an_approval_by_the_first_administrator_and_its_proof()
    {
        await using var fake = await FakeTeams.StartAsync();
        await using var vault = await VaultServer.StartAsync();
        var storage = Directory.CreateTempSubdirectory("bot-").FullName;
        await using var bot = BotProcess.NotStarted(Settings(fake, vault), storage);
        using var signed = new SignedCaller(fake, App);
        using var wire = new HttpClient(signed) { BaseAddress = bot.Http.BaseAddress };
        await using var teams = await PlayedTeams.StartAsync(wire);
        signed.ServiceUrl = teams.ServiceUrl;
        Dictionary<string, string> reached = new() { ["Teams:TrustedServiceUrls:0"] = teams.ServiceUrl };
        var (exit, output) = await bot.VerbWithAllAsync(new(reached) { ["Teams:ClientSecret"] = "env:NO_SUCH_VARIABLE" }, "setup", "check");
        exit.ShouldBe(1, output);
        output.ShouldContain("NO_SUCH_VARIABLE");
        (_, output) = await bot.VerbWithAllAsync(reached, "setup", "check", "--json");
        // The one thing that is no stand-in: the Bot Connector's own address, which this machine may not reach.
        output.Split('\n').Where(static line => line.Contains("\"missing\"", StringComparison.Ordinal))
            .ShouldAllBe(static line => line.Contains("\"connector\"", StringComparison.Ordinal), output);
        output.ShouldContain("\"checkpoint-key\"");
        output.ShouldNotContain("the-client-secret");
        await bot.RestartAsync(reached);

        var package = Path.Combine(storage, "devops-ai-bot.zip");
        (exit, output) = await bot.VerbAsync("manifest", "build", "--app-id", App, "--domain", "www.msp.example", "--out", package);
        exit.ShouldBe(0, output);
        (exit, output) = await bot.VerbAsync("manifest", "check", package);
        exit.ShouldBe(0, output);

        // The first administrator.
        await Eventually.TrueAsync(() => Task.FromResult(bot.Output.Contains("claim ", StringComparison.Ordinal)), () => bot.Output);
        var code = Regex.Match(bot.Output, "claim (?<code>[2-9A-Z-]{19})", RegexOptions.NonBacktracking).Groups["code"].Value;
        await teams.SayPrivatelyAsync(PlayedTeams.Tara, $"claim {code}");
        await teams.SaidAsync("You are now administrator of Contoso Ltd.");

        // The first channel, by them and by nobody else.
        await teams.SayAsync(PlayedTeams.Omar, "link contoso");
        (await bot.TypesAsync()).ShouldNotContain("channel.linked");
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{bot.Output}");

        // The first alert, as Alertmanager sends it, and the first approval.
        await AlertAsync(bot);
        var card = await teams.CardAsync("SRV-FILE01");
        card.Says("simulat").ShouldBeTrue("what is carried out at the Sandbox is labelled so");
        var approve = PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Tara, card))
            .First(static action => action["title"]!.GetValue<string>() == "Approve");
        // Omar has no role, and is not shown the button; sent all the same it does nothing.
        await teams.InvokeAsync(PlayedTeams.Omar, card, approve);
        (await bot.TypesAsync()).ShouldNotContain("proposal.decided");
        await teams.InvokeAsync(PlayedTeams.Tara, card, approve);
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");

        // The proof, from outside: what Key Vault signed, checked with its public key alone.
        (exit, var key) = await bot.VerbAsync("ledger", "key", "--tenant", "contoso");
        exit.ShouldBe(0, key);
        (exit, output) = await bot.VerbAsync("ledger", "checkpoint", "--tenant", "contoso");
        exit.ShouldBe(0, output);
        (exit, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exit.ShouldBe(0, output);
        var bundle = Path.Combine(storage, "evidence.zip");
        (exit, output) = await bot.VerbAsync("ledger", "export", "--tenant", "contoso", "--out", bundle);
        exit.ShouldBe(0, output);
        (exit, output) = await bot.VerbAsync("ledger", "verify", "--bundle", bundle, "--key", key.Trim().Split('\n')[^1]);
        exit.ShouldBe(0, output);
        output.ShouldContain("Signed with the key given");
        vault.Signatures.ShouldBeGreaterThan(0);
        vault.Strangers.ShouldBeEmpty();
        bot.Output.ShouldNotContain("the-client-secret");
        bot.Kill();
        Directory.Delete(storage, recursive: true);
    }

    private static Dictionary<string, string> Settings(FakeTeams teams, VaultServer vault) => new(vault.Settings)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Tenants:contoso:Name"] = "Contoso Ltd",
        ["Tenants:contoso:Prefix"] = "CON",
        ["Teams:AppId"] = App,
        ["Teams:TenantId"] = PlayedTeams.Tenant,
        ["Teams:ClientSecret"] = "env:BOT_SECRET",
        ["BOT_SECRET"] = "the-client-secret",
        ["Teams:MetadataUrl"] = teams.MetadataUrl.ToString(),
        ["Teams:LoginUrl"] = teams.Root.ToString(),
        ["Access:FirstAdministratorCode"] = "true",
        ["Sandbox:Enabled"] = "true",
        ["Connections:contoso-sandbox:Tenant"] = "contoso",
        ["Connections:contoso-sandbox:Connector"] = "sandbox",
        ["Connections:contoso-sandbox:Settings:Token"] = "env:SANDBOX_TOKEN",
        ["SANDBOX_TOKEN"] = "a-world-of-contosos-own",
        ["Connections:contoso-alertmanager:Tenant"] = "contoso",
        ["Connections:contoso-alertmanager:Connector"] = "alertmanager",
        ["Connections:contoso-alertmanager:Settings:Bearer"] = "env:ALERTMANAGER_TOKEN",
        ["ALERTMANAGER_TOKEN"] = Secret,
    };

    private const string Secret = "what-alertmanager-shows";

    private static async Task AlertAsync(BotProcess bot)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/contoso-alertmanager");
        request.Headers.Authorization = new("Bearer", Secret);
        var startsAt = TimeProvider.System.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        request.Content = new StringContent($$"""
            {"version":"4","groupKey":"{}:{alertname=\"DiskSpaceLow\"}","truncatedAlerts":0,"status":"firing","receiver":"bot",
             "groupLabels":{"alertname":"DiskSpaceLow"},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager:9093",
             "alerts":[{"status":"firing","labels":{"alertname":"DiskSpaceLow","instance":"srv-file01.contoso.local:9182","job":"windows",
               "volume":"C:","severity":"critical"},"annotations":{"summary":"Disk C: of SRV-FILE01 is almost full"},
               "startsAt":"{{startsAt}}","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus:9090/graph","fingerprint":"a1b2c3d4e5f60718"}]}
            """, System.Text.Encoding.UTF8, "application/json");
        using var answer = await bot.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, said);
    }
}

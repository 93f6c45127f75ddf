using System.Text.RegularExpressions;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Behind real Teams somebody must be able to give roles; in local mode everybody is somebody already.</summary>
public sealed class FirstAdministratorTests
{
    private const string Ada = "99999999-0000-4000-8000-000000000001";

    [Fact]
    public async Task Without_any_administrator_the_bot_does_not_start_and_says_which_setting_names_the_first()
    {
        await using var teams = await FakeTeams.StartAsync();
        var storage = Directory.CreateTempSubdirectory("bot-").FullName;
        await using var bot = BotProcess.NotStarted(Settings(teams), storage);
        await bot.RestartAsync(waitUntilReady: false);
        (await bot.WaitForExitAsync(TestContext.Current.CancellationToken)).ShouldBe(2, bot.Output);
        bot.Output.ShouldContain("The bot cannot start. Nobody is administrator of any client");
        bot.Output.ShouldContain("Set Access:Roles:contoso:administrator:0, or Access:Roles:*:administrator:0 for every client");
        bot.Output.ShouldNotContain("   at ");

        // Followed to the letter it starts, and says of whom it is still true.
        await bot.RestartAsync(new() { ["Access:Roles:contoso:administrator:0"] = Ada });
        bot.Output.ShouldContain("Nobody is administrator of fabrikam");
        bot.Kill();
        Directory.Delete(storage, recursive: true);
    }

    [Fact]
    public async Task A_code_that_is_printed_makes_whoever_sends_it_in_a_personal_chat_the_first_one()
    {
        await using var fake = await FakeTeams.StartAsync();
        var storage = Directory.CreateTempSubdirectory("bot-").FullName;
        var settings = Settings(fake);
        settings["Access:FirstAdministratorCode"] = "true";
        await using var bot = BotProcess.NotStarted(settings, storage);
        using var signed = new SignedCaller(fake, "22222222-2222-4222-8222-222222222222");
        using var wire = new HttpClient(signed) { BaseAddress = bot.Http.BaseAddress };
        await using var teams = await PlayedTeams.StartAsync(wire);
        signed.ServiceUrl = teams.ServiceUrl;
        await bot.RestartAsync(new() { ["Teams:TrustedServiceUrls:1"] = teams.ServiceUrl });
        await Eventually.TrueAsync(() => Task.FromResult(bot.Output.Contains("claim ", StringComparison.Ordinal)), () => bot.Output);
        var code = Regex.Match(bot.Output, "claim (?<code>[2-9A-Z-]{19})", RegexOptions.NonBacktracking).Groups["code"].Value;
        (await bot.TypesAsync()).ShouldNotContain("role.assigned");

        await teams.SayPrivatelyAsync(PlayedTeams.Tara, $"claim {code}");
        await teams.SaidAsync("You are now administrator of Contoso Ltd, Fabrikam Inc.");
        foreach (var client in (string[])["contoso", "fabrikam"])
            (await bot.TypesAsync(client)).Count(static type => type == "role.assigned").ShouldBe(1);
        await teams.SayPrivatelyAsync(PlayedTeams.Omar, $"claim {code}");
        await teams.SaidAsync("There is no code that is good now");
        var (verified, output) = await bot.VerbAsync("ledger", "list", "--tenant", "contoso");
        verified.ShouldBe(0, output);
        output.ShouldContain("one-time code");

        // The next start finds one and prints none.
        bot.Kill();
        var before = bot.Output.Length;
        await bot.RestartAsync();
        bot.Output[before..].ShouldNotContain("claim ");
        bot.Kill();
        Directory.Delete(storage, recursive: true);
    }

    private static Dictionary<string, string> Settings(FakeTeams teams) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Tenants:contoso:Name"] = "Contoso Ltd",
        ["Tenants:fabrikam:Name"] = "Fabrikam Inc",
        ["Teams:AppId"] = "22222222-2222-4222-8222-222222222222",
        ["Teams:TenantId"] = "77777777-7777-4777-8777-777777777777",
        ["Teams:ClientSecret"] = "the-client-secret",
        ["Teams:MetadataUrl"] = teams.MetadataUrl.ToString(),
        ["Teams:LoginUrl"] = teams.Root.ToString(),
        ["Teams:TrustedServiceUrls:0"] = teams.ServiceUrl,
    };
}

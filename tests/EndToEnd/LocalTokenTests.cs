using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>The bot as somebody starts it who sets nothing: who finds the token gets in, and nobody else.</summary>
public sealed partial class LocalTokenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Dictionary<string, string> NoTokenGiven => new() { ["LocalTeams:Token"] = "" };

    [Fact]
    public async Task The_printed_address_opens_the_page_until_the_bot_is_started_anew()
    {
        await using var browser = await Browser.StartAsync();
        await using var bot = await BotProcess.StartAsync(NoTokenGiven);
        var page = await browser.OpenAsync(new Uri(bot.Http.BaseAddress!, "localteams"));
        await Expect(page.GetByText("Open the address of Local Teams that the bot printed when it started")).ToBeVisibleAsync();
        browser.Complaints.Clear();

        await page.GotoAsync(Printed(bot));

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Contoso", Exact = true })).ToBeVisibleAsync();
        page.Url.ShouldStartWith($"{bot.Http.BaseAddress}localteams#");
        var cookie = (await page.Context.CookiesAsync()).Single();
        (cookie.HttpOnly, cookie.SameSite, cookie.Path, cookie.Expires).ShouldBe((true, SameSiteAttribute.Strict, "/", -1f));
        (await page.EvaluateAsync<string>("() => document.cookie")).ShouldBe("");
        // The bot reaches its people, so the stand-in takes what it sends, and this page hears of it.
        await page.GetByPlaceholder("Start a post").FillAsync("@DevOps AI Bot help");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("pending").First).ToBeVisibleAsync();
        browser.Complaints.ShouldBeEmpty();

        bot.Kill();
        await Expect(page.GetByText("Local Teams does not answer.")).ToBeVisibleAsync();
        await bot.RestartAsync();
        await Expect(page.Locator("#trouble")).ToContainTextAsync("Open the address of Local Teams that the bot printed when it started");
        var another = await page.Context.NewPageAsync();
        await another.GotoAsync(Printed(bot));
        await Expect(page.Locator("#trouble")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_script_reads_the_token_from_a_file_that_its_account_alone_can_read()
    {
        await using var bot = await BotProcess.StartAsync(NoTokenGiven);
        var path = Path.Combine(bot.Storage, "local-teams.token");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var token = (await File.ReadAllTextAsync(path, Ct)).Trim();
        bot.Output.ShouldContain(path);
        Printed(bot).ShouldBe($"{bot.Http.BaseAddress}localteams?token={token}");
        Convert.FromBase64String(token.Replace('-', '+').Replace('_', '/')).Length.ShouldBeGreaterThanOrEqualTo(16);
        using var script = new HttpClient { BaseAddress = bot.Http.BaseAddress };

        (await StatusAsync(script)).ShouldBe(HttpStatusCode.Unauthorized);
        script.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (await StatusAsync(script)).ShouldBe(HttpStatusCode.OK);

        bot.Kill();
        await bot.RestartAsync();
        (await StatusAsync(script)).ShouldBe(HttpStatusCode.Unauthorized, "each start has its own");
        (await File.ReadAllTextAsync(path, Ct)).Trim().ShouldNotBe(token);
    }

    [Fact]
    public async Task A_second_bot_on_the_same_folder_does_not_take_the_token_of_the_first_away()
    {
        await using var bot = await BotProcess.StartAsync(NoTokenGiven);
        await using var second = BotProcess.NotStarted(NoTokenGiven, bot.Storage);

        await second.RestartAsync(waitUntilReady: false);

        (await second.WaitForExitAsync(Ct)).ShouldBe(2, second.Output);
        Printed(bot).ShouldEndWith((await File.ReadAllTextAsync(Path.Combine(bot.Storage, "local-teams.token"), Ct)).Trim());
    }

    [Fact]
    public async Task Started_on_another_port_the_bot_posts_to_the_conversations_that_it_knows_before_anybody_speaks()
    {
        var storage = Directory.CreateTempSubdirectory("bot-").FullName;
        try
        {
            await using (var first = await BotProcess.StartAsync(storage: storage))
                await new LocalSession(first).SettledAsync();
            await using var moved = await BotProcess.StartAsync(storage: storage);
            var session = new LocalSession(moved);

            await session.RaiseAsync(
                """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","title":"Disk C: almost full on """
                + """SRV-FILE01"}""");

            await session.CardAsync(LocalSession.Contoso, "SRV-FILE01");
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http)
    {
        using var result =
            await http.PostAsJsonAsync("/localteams/api/people/alex/messages", new { conversation = "a:1local-alex", text = "help" }, Ct);
        return result.StatusCode;
    }

    /// <summary>The last one.</summary>
    private static string Printed(BotProcess bot) => PageAddress().Matches(bot.Output)[^1].Value;

    [GeneratedRegex(@"http://\S+/localteams\?token=\S+", RegexOptions.NonBacktracking)]
    private static partial Regex PageAddress();
}

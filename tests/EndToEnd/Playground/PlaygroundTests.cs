using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.Playground;

/// <summary>
/// The second opinion on our Teams: the same story in the Microsoft 365 Agents Playground. Runs with PLAYGROUND=1 only, since its licence
/// is for evaluating.
/// </summary>
public sealed partial class PlaygroundTests
{
    [Fact]
    public async Task An_alert_is_approved_and_verified_in_the_agents_playground()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PLAYGROUND") == "1",
            "Opt-in: PLAYGROUND=1 fetches the Agents Playground with npx and runs this.");
        await using var browser = await Browser.StartAsync();
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        using var playground = Start(bot, out var listening);
        try
        {
            var port = await listening.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            var page = await browser.OpenAsync(new Uri($"http://127.0.0.1:{port}/"), width: 1500, height: 1700, loopbackOnly: true);
            await page.GetByText(InstalledLine()).First.WaitForAsync();
            await page.GetByRole(AriaRole.Treeitem, new() { Name = "MSP Operations - Contoso" }).ClickAsync();
            await page.Locator("[data-lexical-editor='true']").First.ClickAsync();
            await page.Keyboard.TypeAsync("@");
            await page.GetByRole(AriaRole.Menuitem, new() { Name = "DevOps AI Bot" }).ClickAsync();
            await page.Keyboard.TypeAsync(" link contoso");
            await page.GetByRole(AriaRole.Button, new() { Name = "Post", Exact = true }).ClickAsync();
            await page.Locator(".ac-adaptiveCard", new() { HasText = "is linked to contoso" }).First.WaitForAsync();

            await session.RaiseAsync(
                """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","title":"Disk C: almost full on """
                + """SRV-FILE01"}""");
            var card = page.Locator(".ac-adaptiveCard", new() { HasText = "Invoke-DiskCleanup" }).Last;
            await Expect(card).ToContainTextAsync("Waiting");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "playground-waiting.png") });
            await card.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

            await Expect(page.Locator(".ac-adaptiveCard", new() { HasText = "done and verified" }).Last).ToContainTextAsync("Verified");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "playground-verified.png") });
            (await session.SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(1);
            var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
            exitCode.ShouldBe(0, output);
        }
        finally
        {
            playground.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The documented command on a free port; it says which port it got.</summary>
    private static Process Start(BotProcess bot, out Task<int> listening)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(Places.Root, "tests", "EndToEnd", "Playground", "playground.sh"));
        start.ArgumentList.Add($"http://127.0.0.1:{bot.Port}");
        start.ArgumentList.Add(BotProcess.FreePort().ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(Path.Combine(bot.Storage, "local-teams.token"));
        var process = Process.Start(start)!;
        var port = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (ListeningLine().Match(line.Data ?? "") is { Success: true } match)
                port.TrySetResult(int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        listening = port.Task;
        return process;
    }

    [GeneratedRegex(@"Listening on (?<port>\d+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"conversationUpdate 2\d\d", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InstalledLine();
}

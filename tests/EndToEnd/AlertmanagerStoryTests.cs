using System.Text.Json.Nodes;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// A real Alertmanager raises, people look and click in a real browser, and the device has changed. Nothing is played but Teams and the
/// vendor.
/// </summary>
public sealed class AlertmanagerStoryTests : IAsyncLifetime
{
    private const string Contoso = LocalSession.Contoso;

    private Browser browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Alertmanager.IsInstalled, "No Alertmanager: apt-get install prometheus-alertmanager.");
        browser = await Browser.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
    }

    [Fact]
    public async Task An_alert_of_the_windows_exporter_is_approved_in_the_page_and_everybody_sees_it_verified()
    {
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        using var alertmanager = await Alertmanager.StartAsync(bot, "contoso");
        var erik = await browser.OpenAsync(session.Page("erik", Contoso));
        var dana = await browser.OpenAsync(session.Page("dana", Contoso), ColorScheme.Dark);
        (await FreePercentAsync(session)).ShouldBe(6);

        await alertmanager.FireAsync(
            new() { ["alertname"] = "DiskSpaceLow", ["instance"] = "srv-file01.contoso.local:9182", ["job"] = "windows", ["volume"] = "C:",
                ["severity"] = "critical" },
            "Disk C: of SRV-FILE01 is almost full");
        var card = await session.CardAsync(Contoso, "SRV-FILE01");
        await Expect(Card(dana, card)).ToContainTextAsync("Invoke-DiskCleanup -Volume 'C'");
        await Card(erik, card).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

        foreach (var page in new[] { erik, dana })
        {
            await Expect(Card(page, card)).ToContainTextAsync("done and verified");
            await Expect(Card(page, card)).ToContainTextAsync("Approved by Erik Approver");
            await Expect(Card(page, card).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true })).ToHaveCountAsync(0);
        }
        await erik.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "story-erik.png") });
        await dana.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "story-dana.png") });
        (await FreePercentAsync(session)).ShouldBe(22);
        (await session.SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(1);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(0, output);
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resolved_alert_of_the_node_exporter_withdraws_what_nobody_has_decided()
    {
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        using var alertmanager = await Alertmanager.StartAsync(bot, "contoso");
        var page = await browser.OpenAsync(session.Page("mona", Contoso));
        Dictionary<string, string> labels = new()
        {
            ["alertname"] = "NodeFilesystemAlmostOutOfSpace", ["instance"] = "srv-sql01:9100", ["job"] = "node", ["device"] = "/dev/sdb1",
            ["fstype"] = "xfs", ["mountpoint"] = "/logs", ["severity"] = "warning",
        };

        await alertmanager.FireAsync(labels, "Filesystem on /dev/sdb1 at srv-sql01 has 3 % left");
        var card = await session.CardAsync(Contoso, "srv-sql01");
        await Expect(Card(page, card).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true })).ToBeVisibleAsync();
        await alertmanager.FireAsync(labels, "Filesystem on /dev/sdb1 at srv-sql01 has 3 % left", TimeProvider.System.GetUtcNow());

        await Expect(Card(page, card)).ToContainTextAsync("Withdrawn");
        await Expect(Card(page, card).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true })).ToHaveCountAsync(0);
        (await session.SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(0);
    }

    private static ILocator Card(IPage page, string messageId) => page.Locator($"[data-message='{messageId}'] > .bubble .card");

    private static async Task<int> FreePercentAsync(LocalSession session) =>
        (await session.SandboxAsync(HttpMethod.Get, "devices?name=SRV-FILE01"))!.AsArray().OfType<JsonObject>()
            .Single()["disks"]!["C"]!["freePercent"]!.GetValue<int>();
}

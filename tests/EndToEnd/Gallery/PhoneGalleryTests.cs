using System.Net;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// On a small phone the card of every built-in runbook is decided without scrolling: title to Approve are on the first screen.
/// </summary>
public sealed class PhoneGalleryTests : GalleryTests
{
    private const int Width = 360;
    private const int Height = 640;

    /// <summary>What the daily areas leave out. Alert, labels, and what the card must name.</summary>
    private static readonly (string Kind, string Labels, string Shows)[] More =
    [
        ("ServiceNotResponding", "instance=SRV-SQL01:9182;service_name=MSSQLSERVER", "Restart the service MSSQLSERVER"),
        ("PrintSpoolerStopped", "instance=WS-RECEPTION:9182", "Start the print spooler"),
        ("SmartCriticalWarning", "instance=SRV-HV01:9100", "replace the failing disk of SRV-HV01"),
        ("HostUnusualDiskReadLatency", "instance=SRV-SQL01:9100", "the disk of SRV-SQL01 is slow"),
    ];

    [Fact]
    public async Task Approve_is_on_the_first_screen_of_every_built_in_runbook()
    {
        var policies = Directory.CreateTempSubdirectory("policies-").FullName;
        await File.WriteAllTextAsync(Path.Combine(policies, "contoso.yaml"), """
            defaults: { approver: approver, approvals: 1, notTheRequester: true, expiry: 8h, criticalExpiry: 1h, escalateAfter: 30m,
                escalateTo: manager }
            chain: { window: 1h, weight: 5 }
            rules: [{ name: Everything is asked, actions: ["*"], level: L2 }]
            """, TestContext.Current.CancellationToken);
        await using var bot = await StartAsync(new()
        {
            ["Access:Local"] = "none", ["Gates:PolicyPath"] = policies, ["Storms:SameCause"] = "100", ["Storms:Tenant"] = "100",
        });
        var session = await DeskAsync(bot);
        await session.SandboxAsync(HttpMethod.Post, "devices/dev-c-105/state",
            """{"services":{"W32Time":{"state":"running","startup":"automatic"}}}""");
        var light = await Browser.OpenAsync(session.Page("erik", LocalSession.Contoso), ColorScheme.Light, Width, Height);
        var dark = await Browser.OpenAsync(session.Page("erik", LocalSession.Contoso), ColorScheme.Dark, Width, Height);
        var trouble = new List<string>();

        foreach (var (kind, labels, shows) in RunbookTests.Areas.Concat(More))
        {
            using var received = await bot.AlertmanagerAsync("contoso", RunbookTests.Alert(kind, labels));
            received.StatusCode.ShouldBe(HttpStatusCode.Accepted, kind);
            var id = await session.CardAsync(LocalSession.Contoso, shows);
            foreach (var (look, page) in new[] { ("light", light), ("dark", dark) })
            {
                if (await CheckInSightAsync(page, id) is { } why)
                    trouble.Add($"{kind} ({look}): {why}");
                await page.ScreenshotAsync(
                    new() { Path = Path.Combine(Places.Artifacts, $"90-phone-{kind}-{look}.png"),
                        Animations = ScreenshotAnimations.Disabled });
            }
        }

        trouble.ShouldBeEmpty();
        Directory.Delete(policies, recursive: true);
    }

    /// <summary>Where the page itself put the newest card; nothing here scrolls.</summary>
    private static async Task<string?> CheckInSightAsync(IPage page, string messageId)
    {
        var card = page.Locator($"[data-message='{messageId}'] > .bubble .card");
        await Expect(Button("Reject")).ToBeAttachedAsync();
        // What cannot be undone is approved on the last page of its details, which this button opens.
        var approve = Button("Approve").Or(Button("All details")).First;
        var list = (await page.Locator("#messages").BoundingBoxAsync())!;
        var frame = (await card.BoundingBoxAsync())!;
        var button = (await approve.BoundingBoxAsync())!;
        (await card.EvaluateAsync<bool>("card => card.scrollWidth <= card.clientWidth")).ShouldBeTrue("wider than its card");
        if (frame.Y < list.Y)
            return $"its title is {list.Y - frame.Y:0} px above the first screen";
        var below = button.Y + button.Height - (list.Y + list.Height);
        return below > 0 ? $"Approve is {below:0} px below the first screen" : null;

        ILocator Button(string name) => card.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    }
}

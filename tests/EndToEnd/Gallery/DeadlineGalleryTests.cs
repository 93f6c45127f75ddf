namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// The states that need roles, a second approver or a deadline of a minute; beside the other pictures, since most of it is waiting.
/// </summary>
public sealed class DeadlineGalleryTests : GalleryTests
{
    [Fact]
    public async Task Roles_two_approvals_and_deadlines()
    {
        var policies = Directory.CreateTempSubdirectory("policies-").FullName;
        await File.WriteAllTextAsync(Path.Combine(policies, "contoso.yaml"), """
            defaults: { approver: approver, approvals: 2, notTheRequester: true, expiry: 8h, criticalExpiry: 1h, escalateAfter: 30m,
                escalateTo: manager }
            chain: { window: 1h, weight: 5 }
            maintenance: []
            breakGlass: { role: approver, confirmations: 1, within: 4h }
            rules:
              - { name: Services are urgent, actions: [service.start], level: L2, approvals: 1, expiry: 1m }
              - { name: Certificates are told to managers soon, actions: [certificate.renew], level: L2, expiry: 1h, escalateAfter: 1m,
                  escalateTo: manager }
              - { name: Changes are approved by two, actions: ["*"], level: L2 }
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(policies, "fabrikam.yaml"), """
            defaults: { approver: approver, approvals: 1, notTheRequester: true, expiry: 8h, criticalExpiry: 1h, escalateAfter: 30m }
            chain: { window: 1h, weight: 5 }
            freezes: [{ name: "Year-end close: nothing changes before the books are shut", begins: "2020-01-01 00:00",
                ends: "2099-01-02 06:00", timeZone: Europe/Berlin }]
            rules: [{ name: All, actions: ["*"], level: L2 }]
            """, TestContext.Current.CancellationToken);
        await using var bot = await StartAsync(new()
        {
            ["Access:Local"] = "none",
            ["Access:Roles:contoso:approver:0"] = "33333333-3333-4333-8333-333333333301",
            ["Access:Roles:contoso:approver:1"] = "33333333-3333-4333-8333-333333333302",
            ["Access:Roles:contoso:technician:0"] = "33333333-3333-4333-8333-333333333300",
            ["Access:Roles:*:administrator:0"] = "33333333-3333-4333-8333-333333333303",
            ["Gates:PolicyPath"] = policies,
        });
        var session = await DeskAsync(bot);
        await session.RaiseAsync(
            """{"kind":"WindowsServiceDown","device":"WS-RECEPTION","severity":"critical","service_name":"Spooler","title":"Service """
            + """Spooler on WS-RECEPTION is stopped"}""");
        await session.RaiseAsync(
            """{"kind":"CertificateExpiringSoon","device":"SRV-WEB01","severity":"warning","certificate":"www.contoso.example","title":"Certificate www.contoso.example on SRV-WEB01 ends in 6 days"}""");
        await session.RaiseAsync(Disk);
        var card = await session.CardAsync(LocalSession.Contoso, "SRV-FILE01");
        var erik = await ScreenshotPage.OpenAsync(Browser, session.Page("erik", LocalSession.Contoso));
        var mona = await ScreenshotPage.OpenAsync(Browser, session.Page("mona", LocalSession.Contoso));
        var dana = await ScreenshotPage.OpenAsync(Browser, session.Page("dana", LocalSession.Contoso));

        await erik.CardAsync(card, "60-two-needed", "Waiting");
        await dana.CardAsync(card, "61-may-snooze-only", "Snooze");
        await session.ClickAsync("erik", LocalSession.Contoso, card, "Approve");
        await erik.CardAsync(card, "63-first-of-two-giver", "1 more approval");
        await mona.CardAsync(card, "64-first-of-two-other", "1 more approval");
        await session.ClickAsync("mona", LocalSession.Contoso, card, "Approve");
        await dana.CardAsync(card, "65-verified-for-dana", "Verified");
        await session.SayAsync("dana", "a:1local-dana", "pending");
        await session.SayAsync("dana", "a:1local-dana", "freeze contoso because I can");
        await session.SayAsync("dana", "a:1local-dana", "whoami");
        await (await ScreenshotPage.OpenAsync(Browser, session.Page("dana", "a:1local-dana"))).ScreenAsync("66-dana-chat");
        var expired = await session.CardAsync(LocalSession.Contoso, "WS-RECEPTION");
        await session.SaysAsync(LocalSession.Contoso, expired, "Expired");
        await erik.CardAsync(expired, "67-expired", "Expired");
        await erik.CardAsync(await session.CardAsync(LocalSession.Contoso, "www.contoso.example"), "68-escalated", "escalated");
        await erik.ScreenAsync("69-channel");

        await session.RaiseAsync(Disk.Replace("SRV-FILE01", "FAB-WEB01", StringComparison.Ordinal), "fabrikam");
        var frozen = await session.CardAsync(LocalSession.Fabrikam, "FAB-WEB01");
        var fabrikam = await ScreenshotPage.OpenAsync(Browser, session.Page("mona", LocalSession.Fabrikam));
        await fabrikam.CardAsync(frozen, "70-frozen-as-planned", "Frozen as planned");

        var until = TimeProvider.System.GetUtcNow().AddDays(10).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await session.RaiseAsync(
            """{"kind":"PatchFailed","device":"SRV-DC01","severity":"warning","patch":"KB5044281","title":"KB5044281 could not be """
            + """installed on SRV-DC01"}""");
        var patch = await session.CardAsync(LocalSession.Contoso, "KB5044281");
        await session.SayAsync("erik", LocalSession.Contoso, "@DevOps AI Bot unfreeze contoso");
        await session.SayAsync("erik", LocalSession.Contoso,
            $"@DevOps AI Bot absent until {until} delegate Dana Technician because of a holiday");
        await erik.CardAsync(patch, "71-absent", "Dana Technician may decide in their name");
        await session.ClickAsync("dana", LocalSession.Contoso, patch, "Approve");
        await erik.CardAsync(patch, "72-in-the-name-of", "Approved by Dana Technician in the name of Erik Approver");
        await session.ClickAsync("mona", LocalSession.Contoso, patch, "Approve");
        await session.SayAsync("erik", LocalSession.Contoso, "@DevOps AI Bot back");
        await session.SaysAsync(LocalSession.Contoso, patch, "Verified");
        var why = await ScreenshotPage.OpenAsync(Browser, session.Page("mona", "a:1local-mona"));
        await session.SayAsync("mona", "a:1local-mona", "why CON-1004");
        await session.CardAsync("a:1local-mona", "Why CON-1004");
        await why.ScreenAsync("73-why-in-the-name-of");

        await session.RaiseAsync(
            """{"kind":"BackupFailed","device":"SRV-BACKUP01","severity":"error","job_name":"Nightly","title":"Backup job Nightly on """
            + """SRV-BACKUP01 failed"}""");
        var backup = await session.CardAsync(LocalSession.Contoso, "Nightly");
        await erik.OpenedAsync(backup, "Break glass", "74-break-glass-form", "Why can it not wait?");
        await session.ClickAsync("erik", LocalSession.Contoso, backup, "Act now, alone",
            new { emergency = "The tapes leave the building at six." });
        await session.SaysAsync(LocalSession.Contoso, backup, "Verified");
        await mona.CardAsync(backup, "75-glass-broken", "1 more to confirm");
        await erik.CardAsync(backup, "76-glass-broken-own", "1 more to confirm");
        await session.ClickAsync("mona", LocalSession.Contoso, backup, "Confirm");
        await mona.CardAsync(backup, "77-glass-confirmed", "Confirmed by Mona Manager");
        Directory.Delete(policies, recursive: true);
    }
}

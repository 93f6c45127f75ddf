namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// Brings the card into every state with a real bot and keeps pictures of each, as people see them in Local Teams, in
/// <c>artifacts/screenshots</c>.
/// </summary>
public sealed class CardGalleryTests : GalleryTests
{
    [Fact]
    public async Task From_waiting_to_verified_and_taken_back()
    {
        await using var bot = await StartAsync(new() { ["Sandbox:Timeout"] = "00:02:00" });
        var session = await DeskAsync(bot);
        await session.RaiseAsync(Disk);
        var card = await session.CardAsync(LocalSession.Contoso, "SRV-FILE01");
        var easel = await ScreenshotPage.OpenAsync(Browser, session.Page("erik", LocalSession.Contoso));

        await easel.CardAsync(card, "01-waiting", "Waiting");
        await easel.OpenedAsync(card, "Details", "02-why", "Why this level");
        await easel.OpenedAsync(card, "Edit", "03-edit-form", "Why the change?");
        await easel.OpenedAsync(card, "Reject", "04-reject-form", "Why not?");
        await easel.OpenedAsync(card, "Snooze", "05-snooze-form", "Ask again");
        await ClickAsync("All details");
        await easel.CardAsync(card, "06-details-plan", "page 1 of");
        await ClickAsync("Evidence and history");
        await easel.CardAsync(card, "07-details-history", "page 2 of");
        await ClickAsync("Back");
        await ClickAsync("Snooze", new { @for = "4h" });
        await easel.CardAsync(card, "08-snooze-asked", "Nothing was recorded");
        await ClickAsync("Snooze", new { @for = "4h", past = "true" });
        await easel.CardAsync(card, "08-snoozed", "Snoozed by Erik");
        await session.SandboxAsync(HttpMethod.Put, "switches", """{"holdActions":true}""");
        await ClickAsync("Approve");
        await easel.CardAsync(card, "09-executing", "Running");
        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        await session.SaysAsync(LocalSession.Contoso, card, "Verified");
        await easel.CardAsync(card, "10-verified", "Verified");
        await easel.OpenedAsync(card, "Undo", "10-undo-form", "may be so again");
        await ClickAsync("Undo");
        await easel.CardAsync(card, "11-undo", "nothing has been done about it");
        await ClickAsync("Draft again");
        await easel.CardAsync(card, "12-drafted-again", "Approve to proceed");

        Task ClickAsync(string title, object? inputs = null) => session.ClickAsync("erik", LocalSession.Contoso, card, title, inputs);
    }

    [Fact]
    public async Task Everything_that_ends_otherwise()
    {
        await using var bot = await StartAsync();
        var session = await DeskAsync(bot);
        var easel = await ScreenshotPage.OpenAsync(Browser, session.Page("erik", LocalSession.Contoso));
        await easel.ScreenAsync("20-first-load");

        await session.SandboxAsync(HttpMethod.Put, "switches", """{"rejects":["certificate.renew"]}""");
        var failed =
            await RaiseAsync(
                """{"kind":"CertificateExpiringSoon","device":"SRV-WEB01","severity":"warning","certificate":"www.contoso.example","title":"Certificate www.contoso.example on SRV-WEB01 ends in 6 days"}""", "www.contoso.example");
        await ClickAsync(failed, "Approve");
        await easel.CardAsync(failed, "21-failed", "Failed");

        await session.SandboxAsync(HttpMethod.Put, "switches", """{"hangActions":true,"cannotTell":true}""");
        var unknown =
            await RaiseAsync(
                """{"kind":"BackupFailed","device":"SRV-BACKUP01","severity":"error","job_name":"Nightly","title":"Backup job Nightly """
                + """on SRV-BACKUP01 failed"}""", "Nightly");
        await ClickAsync(unknown, "Approve");
        await session.SaysAsync(LocalSession.Contoso, unknown, "cannot tell whether");
        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        await easel.CardAsync(unknown, "22-unknown", "cannot tell whether");

        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        var drifted =
            await RaiseAsync(
                """{"kind":"WindowsServiceDown","device":"WS-RECEPTION","severity":"critical","service_name":"Spooler","title":"Service Spooler on WS-RECEPTION is stopped"}""", "WS-RECEPTION");
        await session.SandboxAsync(HttpMethod.Put, "switches",
            """{"drift":[{"target":"WS-RECEPTION","state":{"services":{"Spooler":{"state":"running"}}}}]}""");
        await ClickAsync(drifted, "Approve");
        await easel.CardAsync(drifted, "23-drifted", "The situation changed");
        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");

        await session.RaiseAsync(
            """{"kind":"HostHighCpuLoad","device":"SRV-SQL01","severity":"warning","process":"ReportBuilder","title":"Processor of """
            + """SRV-SQL01 is busy"}""");
        var automatic = await session.CardAsync(LocalSession.Contoso, "ReportBuilder");
        await easel.CardAsync(automatic, "24-done-and-told", "Verified");

        var human = await RaiseAsync(
            """{"kind":"FlangeTemperature","device":"SRV-HV01","severity":"warning","title":"Flange 7 is warm","description":"Sensor 7 """
            + """reads 81 °C for 10 minutes."}""", "Flange");
        await easel.CardAsync(human, "25-human-only", "Waiting for a person");
        await easel.OpenedAsync(human, "Handled", "26-handled-form", "What was done?");
        await ClickAsync(human, "Mark as handled", new { note = "Cleaned the fan filter; 54 °C now." });
        await easel.CardAsync(human, "27-handled", "Cleaned the fan filter");

        var foreign =
            await RaiseAsync(
                """{"kind":"DiskSpaceLow","device":"FAB-WEB01","severity":"warning","volume":"C:","title":"FAB-WEB01 C: 5 % free"}""",
                "FAB-WEB01");
        await easel.CardAsync(foreign, "28-foreign-device", "FAB-WEB01");

        var rejected =
            await RaiseAsync(
                """{"kind":"PatchFailed","device":"SRV-DC01","severity":"warning","patch":"KB5044281","title":"KB5044281 could not be """
                + """installed on SRV-DC01"}""", "KB5044281");
        await ClickAsync(rejected, "Reject", new { reason = "Not during office hours; planned for Sunday's window." });
        await easel.CardAsync(rejected, "29-rejected", "Rejected");

        var withdrawn =
            await RaiseAsync(
                """{"kind":"PrinterQueueStuck","device":"PRN-OFFICE","severity":"warning","queue":"Office","title":"Queue Office on """
                + """PRN-OFFICE does not move","id":"q1"}""", "PRN-OFFICE");
        await session.RaiseAsync(
            """{"kind":"PrinterQueueStuck","device":"PRN-OFFICE","severity":"warning","queue":"Office","title":"Queue Office on """
            + """PRN-OFFICE moves again","id":"q1","status":"resolved"}""");
        await easel.CardAsync(withdrawn, "30-withdrawn", "Withdrawn");

        var irreversible =
            await RaiseAsync(
                """{"kind":"RaidDegraded","device":"SRV-BACKUP01","severity":"critical","array":"md0","title":"Array md0 on """
                + """SRV-BACKUP01 is degraded"}""", "md0");
        await easel.CardAsync(irreversible, "31-irreversible", "cannot be undone");
        await ClickAsync(irreversible, "All details");
        await easel.CardAsync(irreversible, "32-irreversible-details", "page 1 of");
        await ClickAsync(irreversible, "Back");

        await session.SayAsync("alex", LocalSession.Contoso, "@DevOps AI Bot freeze contoso migration weekend, nothing may change");
        await easel.CardAsync(irreversible, "33-frozen", "migration weekend");

        var hostile =
            await RaiseAsync(
                """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","title":"**Disk** [free """
                + """money](http://evil.example) <b>C:</b> \u202Etxt.exe {{DATE(2026-01-01T00:00:00Z,SHORT)}} on a server whose name """
                + """and story go on and on so that the heading must break","description":"x"}""", "free money");
        await easel.CardAsync(hostile, "34-hostile", "free money");

        async Task<string> RaiseAsync(string alert, string containing)
        {
            await session.RaiseAsync(alert);
            var id = await session.CardAsync(LocalSession.Contoso, containing);
            await session.SaysAsync(LocalSession.Contoso, id, "Waiting");
            return id;
        }

        Task ClickAsync(string card, string title, object? inputs = null) =>
            session.ClickAsync("erik", LocalSession.Contoso, card, title, inputs);
    }

    [Fact]
    public async Task Storms_and_what_the_bot_says()
    {
        await using var bot = await StartAsync();
        var session = await DeskAsync(bot);
        var storm = await ScreenshotPage.OpenAsync(Browser, session.Page("erik", LocalSession.Fabrikam));
        for (var n = 1; n <= 9; n++)
            await session.RaiseAsync(
                $$"""{"kind":"SwitchPortFlapping","device":"FAB-SW{{n:00}}","severity":"warning","title":"Ports of FAB-SW{{n:00}} flap"}""",
                "fabrikam");
        var gathering = await session.CardAsync(LocalSession.Fabrikam, "on several devices");
        await session.SaysAsync(LocalSession.Fabrikam, gathering, "FAB-SW09");
        await storm.CardAsync(gathering, "40-storm", "FAB-SW09");

        await session.RaiseAsync(Disk);
        await session.CardAsync(LocalSession.Contoso, "SRV-FILE01");
        foreach (var (name, words) in new[] { ("41-help", "help"), ("42-pending", "pending"), ("43-show", "show con 1001"),
            ("44-why", "why CON-1001"), ("45-whoami", "whoami"), ("46-unknown", "pendign contoso"), ("47-wrong-id", "show CON-4711"),
            ("48-undo", "undo CON-1001"), ("49-nonsense", "fix my printer") })
            await SayAsync(name, words);
        await SayAsync("50-freeze", "freeze contoso");
        await SayAsync("51-frozen", "freeze contoso change weekend");
        await SayAsync("52-unfreeze", "unfreeze contoso");
        var chat = await ScreenshotPage.OpenAsync(Browser, session.Page("mona", "a:1local-mona"));
        await chat.ScreenAsync("53-chat");

        async Task SayAsync(string name, string words)
        {
            await session.SayAsync("mona", "a:1local-mona", words);
            if (name == "45-whoami")
                await (await ScreenshotPage.OpenAsync(Browser, session.Page("mona", "a:1local-mona"))).ScreenAsync("45-chat");
        }
    }
}

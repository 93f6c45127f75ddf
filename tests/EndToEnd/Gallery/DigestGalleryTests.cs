using System.Globalization;

namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>The daily digest as it comes by itself, and as somebody asks for it.</summary>
public sealed class DigestGalleryTests : GalleryTests
{
    [Fact]
    public async Task A_digest_comes_when_it_is_due_and_carries_the_newest_checkpoint()
    {
        var due = TimeOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        await using var bot =
            await StartAsync(
                new() { ["Digests:Enabled"] = "true", ["Digests:At"] = due.ToString("HH:mm:ss", CultureInfo.InvariantCulture) });
        var session = await DeskAsync(bot);
        await session.RaiseAsync(Disk);
        await session.RaiseAsync(
            """{"kind":"RebootDone","device":"WS-RECEPTION","severity":"info","title":"WS-RECEPTION restarted after updates"}""");
        var card = await session.CardAsync(LocalSession.Contoso, "SRV-FILE01");
        await session.ClickAsync("dana", LocalSession.Contoso, card, "Approve");
        await session.SaysAsync(LocalSession.Contoso, card, "Verified");
        await session.RaiseAsync(
            """{"kind":"WindowsServiceDown","device":"WS-RECEPTION","severity":"critical","service_name":"Spooler","title":"Service """
            + """Spooler on WS-RECEPTION is stopped"}""");

        await session.CardAsync(LocalSession.Contoso, "Start the service Spooler");
        // The digest comes as soon as the bot is there again, and carries what was signed before.
        var checkpoints = Path.Combine(bot.Storage, "checkpoints", "contoso");
        await Eventually.TrueAsync(() => Task.FromResult(Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints).Any()),
            () => "a checkpoint is kept");
        bot.Kill();
        await bot.RestartAsync(new() { ["Testing:ClockAhead"] = "01:00:00" });
        var digest = await session.CardAsync(LocalSession.Contoso, "Digest of ");
        var page = await ScreenshotPage.OpenAsync(Browser, session.Page("mona", LocalSession.Contoso));
        await page.CardAsync(digest, "80-digest", "WS-RECEPTION restarted after updates");
        await page.OpenedAsync(digest, "Checkpoint", "81-digest-checkpoint", "ledger verify --checkpoint");
        await session.SayAsync("mona", "a:1local-mona", "digest contoso");
        await session.CardAsync("a:1local-mona", "Digest of ");
        await (await ScreenshotPage.OpenAsync(Browser, session.Page("mona", "a:1local-mona"))).ScreenAsync("82-digest-asked");
    }
}

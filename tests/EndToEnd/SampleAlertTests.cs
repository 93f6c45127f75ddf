using System.Net;
using System.Net.Http.Json;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Each button of a newcomer's first minutes shows what it says it will, the second time too.</summary>
public sealed class SampleAlertTests
{
    [Fact]
    public async Task Every_sample_alert_comes_out_as_its_button_says()
    {
        await using var bot = await BotProcess.StartAsync();
        var desk = new LocalSession(bot);
        await desk.SettledAsync();
        var (disk, service) =
            (await RaiseAsync(desk, "contoso-disk", "Disk C: almost full"), await RaiseAsync(desk, "contoso-service", "SQLSERVERAGENT"));
        foreach (var card in new[] { disk, service })
            await desk.SaysAsync(LocalSession.Contoso, card, "\"Approve\"");
        await desk.SaysAsync(LocalSession.Contoso, await RaiseAsync(desk, "contoso-malware", "invoice.exe"), "\"Approve\"");
        var unasked = await RaiseAsync(desk, "contoso-cpu", "Processor of SRV-SQL01");
        await desk.SaysAsync(LocalSession.Contoso, unasked, "\"Verified\"");
        await desk.SaysAsync(LocalSession.Contoso, unasked, "\"Undo\"");
        await desk.SaysAsync(LocalSession.Contoso, await RaiseAsync(desk, "contoso-unknown", "rack door"), "\"Handled\"");
        await desk.SaysAsync(LocalSession.Fabrikam, await RaiseAsync(desk, "fabrikam-disk", "Disk D: almost full", LocalSession.Fabrikam),
            "\"Approve\"");

        await desk.ClickAsync("erik", LocalSession.Contoso, disk, "Approve");
        await desk.SaysAsync(LocalSession.Contoso, disk, "\"Verified\"");
        (await PostAsync(desk, "contoso-disk")).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await desk.CardAsync(LocalSession.Contoso, "Disk C: almost full") != disk,
            () => "a card of its own");
        await desk.SaysAsync(LocalSession.Contoso, await desk.CardAsync(LocalSession.Contoso, "Disk C: almost full"), "\"Approve\"");
        bot.Output.ShouldNotContain("could not be read: The bot does not listen yet");
    }

    private static async Task<string> RaiseAsync(LocalSession desk, string sample, string title, string channel = LocalSession.Contoso)
    {
        (await PostAsync(desk, sample)).ShouldBe(HttpStatusCode.OK, sample);
        return await desk.CardAsync(channel, title);
    }

    private static async Task<HttpStatusCode> PostAsync(LocalSession desk, string id)
    {
        using var result = await desk.Bot.Http.PostAsJsonAsync("/localteams/api/samples", new { id });
        return result.StatusCode;
    }
}

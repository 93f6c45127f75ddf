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
        var session = new LocalSession(bot);
        await session.SettledAsync();
        var (disk, service) =
            (await RaiseAsync(session, "contoso-disk", "Disk C: almost full"), await RaiseAsync(session, "contoso-service", "SQLSERVERAGENT"));
        foreach (var card in new[] { disk, service })
            await session.SaysAsync(LocalSession.Contoso, card, "\"Approve\"");
        await session.SaysAsync(LocalSession.Contoso, await RaiseAsync(session, "contoso-malware", "invoice.exe"), "\"Approve\"");
        var unasked = await RaiseAsync(session, "contoso-cpu", "Processor of SRV-SQL01");
        await session.SaysAsync(LocalSession.Contoso, unasked, "\"Verified\"");
        await session.SaysAsync(LocalSession.Contoso, unasked, "\"Undo\"");
        await session.SaysAsync(LocalSession.Contoso, await RaiseAsync(session, "contoso-unknown", "rack door"), "\"Handled\"");
        await session.SaysAsync(LocalSession.Fabrikam, await RaiseAsync(session, "fabrikam-disk", "Disk D: almost full", LocalSession.Fabrikam),
            "\"Approve\"");

        await session.ClickAsync("erik", LocalSession.Contoso, disk, "Approve");
        await session.SaysAsync(LocalSession.Contoso, disk, "\"Verified\"");
        (await PostAsync(session, "contoso-disk")).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await session.CardAsync(LocalSession.Contoso, "Disk C: almost full") != disk,
            () => "a card of its own");
        await session.SaysAsync(LocalSession.Contoso, await session.CardAsync(LocalSession.Contoso, "Disk C: almost full"), "\"Approve\"");
        bot.Output.ShouldNotContain("could not be read: The bot does not listen yet");
    }

    private static async Task<string> RaiseAsync(LocalSession session, string sample, string title, string channel = LocalSession.Contoso)
    {
        (await PostAsync(session, sample)).ShouldBe(HttpStatusCode.OK, sample);
        return await session.CardAsync(channel, title);
    }

    private static async Task<HttpStatusCode> PostAsync(LocalSession session, string id)
    {
        using var result = await session.Bot.Http.PostAsJsonAsync("/localteams/api/samples", new { id });
        return result.StatusCode;
    }
}

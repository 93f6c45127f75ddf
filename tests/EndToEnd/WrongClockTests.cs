using System.Net;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// A machine that started with a clock 30 days ahead, took one alert in and was set right: nothing that comes after is void.
/// </summary>
public sealed class WrongClockTests
{
    [Fact]
    public async Task After_one_event_from_the_future_everything_works_by_the_clock_that_is_right()
    {
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Testing:ClockAhead"] = "30.00:00:00",
            ["Digests:Enabled"] = "true",
            ["Digests:At"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture),
            ["Digests:TimeZone"] = "UTC",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using (var early = await bot.RaiseAsync("DiskSpaceLow", "SRV-FILE01:9182", ("volume", "C:")))
            early.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var first = await teams.CardAsync("SRV-FILE01");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("card.posted"), () => bot.Output);
        bot.Kill();
        await bot.RestartAsync(new() { ["Testing:ClockAhead"] = "00:00:00" });

        // What came in under the wrong clock, and what comes now, is approved and carried out.
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("digest.sending"), () => $"the digest\n{bot.Output}");
        await teams.ClickAsync(PlayedTeams.Tara, first, "Approve");
        await SaysAsync(bot, first, "Verified");
        using (var late = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler")))
            late.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var second = await teams.CardAsync("WS-RECEPTION");
        await teams.ClickAsync(PlayedTeams.Tara, second, "Snooze", new JsonObject { ["for"] = "15m" });
        await SaysAsync(bot, second, "Snoozed");
        (await bot.TypesAsync()).Count(type => type == "digest.sending").ShouldBe(1);

        // A quarter of an hour later the snooze is over; the approval is given, and carried out.
        bot.Kill();
        await bot.RestartAsync(new() { ["Testing:ClockAhead"] = "00:16:00" });
        await SaysAsync(bot, second, "Waiting for a decision");
        await teams.ClickAsync(PlayedTeams.Tara, second, "Approve");
        await SaysAsync(bot, second, "Verified");

        // And what nobody decides about expires when it should.
        using (var last = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Themes")))
            last.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        // A card that is there was staged before, with the deadline that is to come.
        await teams.CardAsync("Themes");
        bot.Kill();
        await bot.RestartAsync(new() { ["Testing:ClockAhead"] = "09:30:00" });
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("proposal.expired"), () => $"expired\n{bot.Output}");
        (await bot.TypesAsync()).Count(type => type == "execution.finished").ShouldBe(2);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(0, output);
    }

    private static Task SaysAsync(BotProcess bot, PlayedMessage message, string text) => Eventually.TrueAsync(
        () => Task.FromResult(message.Says(text)), () => $"'{text}' on {message.Card}\n{bot.Output}");
}

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Deadlines that fall while the bot is not there: each restart has a clock that is further ahead.</summary>
public sealed class DeadlineTests
{
    private static readonly string[] Deadlines = ["proposal.decided", "proposal.returned", "proposal.escalated", "proposal.expired",
        "proposal.escalated"];

    [Fact]
    public async Task A_snooze_returns_an_escalation_is_told_elsewhere_and_silence_asks_again_higher_up_with_nothing_done()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await using var managers = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await managers.SayAsync(PlayedTeams.Omar, "link contoso escalation");
        using var received = await bot.RaiseAsync("NodeFilesystemAlmostOutOfSpace", "SRV-FILE01", ("volume", "C:"));
        var card = await teams.CardAsync("SRV-FILE01");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Snooze", new() { ["for"] = "15m" });
        await SaysAsync(bot, card, "Snoozed");

        await AheadAsync(bot, "00:16:00");
        await SaysAsync(bot, card, "Waiting for a decision");
        managers.Messages.Values.ShouldNotContain(message => message.Says("SRV-FILE01"), "nothing is escalated yet");

        await AheadAsync(bot, "00:50:00");
        await SaysAsync(bot, card, "escalated");
        var elsewhere = await managers.CardAsync("SRV-FILE01");
        // A kill before that is another story: whether the card is there is then unknown.
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Count(type => type == "card.posted") == 2, () => bot.Output);

        await AheadAsync(bot, "09:00:00");
        await SaysAsync(bot, card, "Expired, still firing");
        await SaysAsync(bot, elsewhere, "Expired, still firing");
        await AheadAsync(bot, "09:01:00");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Count(type => type == "proposal.escalated") == 2, () => bot.Output);

        var entries = await bot.TypesAsync();
        entries.Where(type => Deadlines.Contains(type)).ShouldBe(Deadlines);
        entries.ShouldNotContain("execution.started");
        entries.ShouldNotContain("incident.closed");
        (await bot.VerbAsync("ledger", "verify", "--tenant", "contoso")).ExitCode.ShouldBe(0);
    }

    private static async Task AheadAsync(BotProcess bot, string ahead)
    {
        bot.Kill();
        await bot.RestartAsync(new() { ["Testing:ClockAhead"] = ahead });
    }

    private static Task SaysAsync(BotProcess bot, PlayedMessage message, string text) => Eventually.TrueAsync(
        () => Task.FromResult(message.Says(text)), () => $"'{text}' on {message.Card}\n{bot.Output}");
}

using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>A witness that does not answer at the start keeps anything from being carried out, for a while.</summary>
public sealed class WitnessHoldTests
{
    [Fact]
    public async Task Whoever_approves_is_told_and_approves_again_when_patience_is_over()
    {
        using var key = new TestKey("witness.example");
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Ledger:Witnesses:0:Url"] = "http://127.0.0.1:9",
            ["Ledger:Witnesses:0:Key"] = key.Witness.ToString(),
            ["Ledger:WitnessTimeout"] = "00:00:15",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        var approve = PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Tara, card))
            .First(action => action["title"]!.GetValue<string>() == "Approve");
        (await teams.InvokeAsync(PlayedTeams.Tara, card, approve)).ToJsonString()
            .ShouldContain("have not answered yet whether it is whole");
        // Each client's time runs for itself; this is about one of them.
        await Eventually.TrueAsync(
            () => Task.FromResult(bot.Output.Split('\n').Any(static line =>
                line.Contains("contoso: not every witness has answered", StringComparison.Ordinal))),
            () => bot.Output);
        await teams.InvokeAsync(PlayedTeams.Tara, card, approve);
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"{card.Card}\n{bot.Output}");
    }
}

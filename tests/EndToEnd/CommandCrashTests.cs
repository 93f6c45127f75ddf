namespace DevOpsAI.Tests.EndToEnd;

/// <summary>What Teams was told to be accepted is on record, whenever the bot is killed (SIGKILL) after that.</summary>
public sealed class CommandCrashTests
{
    [Fact]
    public async Task A_typed_command_that_was_accepted_survives_a_kill_and_acts_once_however_often_it_is_delivered()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        // Teams takes no reply for as long as this lasts, so whatever waited for one to be sent would be lost.
        teams.HoldSends();
        await teams.SayAsync(PlayedTeams.Tara, "help");
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await teams.SayAsync(PlayedTeams.Tara, "freeze contoso change weekend", id: "1795225800777");
        bot.Kill();

        await bot.RestartAsync();
        teams.LetSendsGo();
        await teams.SayAsync(PlayedTeams.Omar, "unfreeze contoso");
        await teams.SayAsync(PlayedTeams.Tara, "freeze contoso change weekend", id: "1795225800777");
        await teams.SaidAsync("carried out already");
        var entries = (await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output;
        Count(entries, "channel.linked").ShouldBe(1, entries);
        Count(entries, "freeze.set").ShouldBe(1, entries);
        Count(entries, "freeze.lifted").ShouldBe(1, entries);
    }

    private static int Count(string entries, string type) =>
        entries.Split('\n').Count(line => line.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal));
}

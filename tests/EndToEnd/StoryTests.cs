using System.Net;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>The whole story, played over the public protocols only.</summary>
public sealed class StoryTests
{
    [Fact]
    public async Task An_alert_becomes_a_card_is_approved_carried_out_verified_and_on_the_record()
    {
        await using var bot = await BotProcess.StartAsync();
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");

        using var received = await bot.RaiseAsync("DiskSpaceLow", "SRV-FILE01:9182", ("volume", "C:"));
        received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var card = await teams.CardAsync("SRV-FILE01");
        var result = await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");

        result["type"]!.GetValue<string>().ShouldBe("application/vnd.microsoft.card.adaptive");
        await Eventually.TrueAsync(
            () => Task.FromResult(card.Card!.ToJsonString().Contains("Verified", StringComparison.OrdinalIgnoreCase)),
            () => $"verified: {card.Card}\n{bot.Output}");

        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(0, output);
        var (_, lines) = await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json");
        var types = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!["type"]!.GetValue<string>()).ToList();
        string[] spine = ["channel.linked", "event.received", "incident.opened", "recommendation.drafted", "proposal.staged", "card.posted",
            "proposal.decided", "execution.started", "step.finished", "execution.finished", "card.updated"];
        foreach (var type in spine)
            types.ShouldContain(type);
        types.IndexOf("proposal.decided").ShouldBeLessThan(types.IndexOf("execution.started"));
    }

    [Fact]
    public async Task Two_hundred_simultaneous_approvals_are_one_decision_and_one_execution()
    {
        await using var bot = await BotProcess.StartAsync();
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        var approve = PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Tara, card))
            .First(action => action["title"]!.GetValue<string>() == "Approve");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(n =>
            teams.InvokeAsync(n % 2 == 0 ? PlayedTeams.Tara : PlayedTeams.Omar, card, approve)));

        var texts = results.Select(result => result.ToJsonString()).ToList();
        texts.Count(text => text.Contains("already", StringComparison.OrdinalIgnoreCase)).ShouldBe(199, texts[0]);
        var (_, lines) = await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json");
        lines.Split('\n').Count(line => line.Contains("\"proposal.decided\"", StringComparison.Ordinal)).ShouldBe(1);
        await Eventually.TrueAsync(
            async () => (await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output.Contains(
                "\"execution.finished\"", StringComparison.Ordinal), () => "finished");
        (await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output
            .Split('\n').Count(line => line.Contains("\"execution.started\"", StringComparison.Ordinal)).ShouldBe(1);
    }
}

using System.Net;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>From a NinjaOne webhook to a service that NinjaOne started, approved in a channel; the vendor is a stand-in that keeps state.</summary>
public sealed class NinjaOneTests
{
    [Fact]
    public async Task A_webhook_becomes_a_card_whose_plan_NinjaOne_carries_out_and_what_NinjaOne_says_verifies_it()
    {
        await using var ninja = await PlayedNinjaOne.StartAsync();
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Connections:contoso-ninjaone:Tenant"] = "contoso",
            ["Connections:contoso-ninjaone:Connector"] = "ninjaone",
            ["Connections:contoso-ninjaone:Settings:Instance"] = "eu",
            ["Connections:contoso-ninjaone:Settings:Address"] = ninja.Address,
            ["Connections:contoso-ninjaone:Settings:ClientId"] = "client",
            ["Connections:contoso-ninjaone:Settings:ClientSecret"] = PlayedNinjaOne.FirstSecret,
            ["Connections:contoso-ninjaone:Settings:Organization"] = "2",
            ["Connections:contoso-ninjaone:Settings:WebhookSecret"] = "the-hook-secret-of-contoso",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{bot.Output}");

        (await PlayedNinjaOne.DeliverAsync(bot.Http, "the-hook-secret-of-fabrikam", organization: 2)).ShouldBe(HttpStatusCode.Unauthorized);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, "the-hook-secret-of-contoso", organization: 3)).ShouldBe(HttpStatusCode.BadRequest);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, "the-hook-secret-of-contoso", organization: 2)).ShouldBe(HttpStatusCode.Accepted);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, "the-hook-secret-of-contoso", organization: 2)).ShouldBe(HttpStatusCode.Accepted, "once more, which changes nothing");

        var card = await teams.CardAsync("SRV-NINJA01");
        var shown = card.Card.ShouldNotBeNull().ToJsonString();
        shown.ShouldContain("NinjaOne windows-service");
        shown.ShouldNotContain("imulat");
        ninja.Calls.ShouldNotContain(static call => call.StartsWith("POST /v2", StringComparison.Ordinal));
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");

        ninja.Services["W3SVC"].ShouldBe("RUNNING");
        ninja.Calls.Count(static call => call.StartsWith("POST /v2", StringComparison.Ordinal)).ShouldBe(1);
        ninja.Calls.ShouldContain("POST /v2/device/7/windows-service/W3SVC/control {\"action\":\"START\"}");
        bot.Output.ShouldNotContain(PlayedNinjaOne.FirstSecret);
        bot.Kill();
        var (verified, output) = await bot.VerbAsync("ledger", "verify", "--all");
        verified.ShouldBe(0, output);
    }
}

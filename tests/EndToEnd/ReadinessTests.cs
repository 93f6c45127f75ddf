using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>What <c>/readyz</c> says of work that is yet to be done.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task It_is_behind_while_something_waits_and_no_longer_when_it_is_done()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false", ["Sandbox:Timeout"] = "00:00:02" });
        var session = new LocalSession(bot);
        await session.SandboxAsync(HttpMethod.Put, "switches", """{"hang":true}""");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("incident.opened"), () => bot.Output);
        var busy = await ReadAsync(bot);
        busy["status"]!.GetValue<string>().ShouldBe("ready", "waiting for a vendor is no reason to send people elsewhere");
        busy["behind"]!.GetValue<long>().ShouldBeGreaterThan(0);
        var intake = busy["intake"]!;
        (intake["received"]!.GetValue<long>(), intake["shown"]!.GetValue<long>(), intake["waiting"]!.GetValue<long>()).ShouldBe((1, 1, 0));

        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        await Eventually.TrueAsync(async () => (await ReadAsync(bot))["behind"]!.GetValue<long>() == 0, () => bot.Output);
        (await bot.TypesAsync()).ShouldContain("proposal.staged");
    }

    private static async Task<JsonObject> ReadAsync(BotProcess bot) => (await bot.Http.GetFromJsonAsync<JsonObject>("/readyz"))!;
}

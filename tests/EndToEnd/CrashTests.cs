using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// The bot is killed (SIGKILL) at each named point of an incident's life, with redelivered webhooks and doubled clicks around it.
/// </summary>
public sealed class CrashTests
{
    public static TheoryData<string> Points => [.. Failpoint.All];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_kill_at_any_point_loses_no_event_and_doubles_no_effect(string point)
    {
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["Testing:CrashAt"] = point,
            ["LocalTeams:Enabled"] = "false",
            ["Execution:SettleFor"] = "00:00:03",
            // A card that did arrive is claimed by the first click on it; however slow the machine, that must come before it is given up.
            ["Cards:LostAnswerWait"] = point == Failpoint.CardSent ? "00:10:00" : "00:00:05",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await LinkedAsync(bot);

        var acknowledged = await TryAsync(async () =>
        {
            using var result = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
            return result.StatusCode == HttpStatusCode.Accepted;
        });
        JsonObject? approve = null;
        // Up to the decision the crash comes by itself; from there on it needs the click.
        if (Array.IndexOf([.. Failpoint.All], point) >= Array.IndexOf([.. Failpoint.All], Failpoint.DecisionAppended))
        {
            var shown = await teams.CardAsync("WS-RECEPTION");
            // A kill before it is known that the card is there is what CardSent is about.
            await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("card.posted"), () => $"posted\n{bot.Output}");
            approve = PlayedTeams.Actions(shown.Card).First(action => action["title"]!.GetValue<string>() == "Approve");
            await TryAsync(async () => await teams.InvokeAsync(PlayedTeams.Tara, shown, approve) is not null);
        }
        await bot.WaitForExitAsync(TestContext.Current.CancellationToken);

        await bot.RestartAsync(new() { ["Testing:CrashAt"] = "" });
        using var again = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var redelivered = (await again.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        if (acknowledged)
            redelivered["duplicate"]!.GetValue<bool>().ShouldBeTrue();
        var card = await teams.CardAsync("WS-RECEPTION");
        approve ??= PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Omar, card))
            .First(action => action["title"]!.GetValue<string>() == "Approve");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => teams.InvokeAsync(PlayedTeams.Omar, card, approve)));
        await Eventually.TrueAsync(() => Task.FromResult(Says(card, "Verified")), () => $"verified: {card.Card}\n{bot.Output}");

        (await EffectsAsync(bot)).ShouldBe(1, bot.Output);
        teams.Messages.Values.Count(message => message.Card is not null
            && message.Card.ToJsonString().Contains("CON-1001", StringComparison.Ordinal) && Says(message, "Spooler")).ShouldBe(1);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(0, output);
        var entries = (await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output;
        Count(entries, "event.received").ShouldBe(1);
        Count(entries, "incident.opened").ShouldBe(1);
        Count(entries, "proposal.decided").ShouldBe(1);
        Count(entries, "execution.finished").ShouldBe(1);
    }

    private static bool Says(PlayedMessage message, string text) =>
        message.Card!.ToJsonString().Contains(text, StringComparison.OrdinalIgnoreCase);

    private static int Count(string entries, string type) =>
        entries.Split('\n').Count(line => line.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal));

    private static async Task<int> EffectsAsync(BotProcess bot)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sandbox/effects");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sandbox-contoso-dev");
        using var result = await bot.Http.SendAsync(request);
        return (await result.Content.ReadFromJsonAsync<JsonObject>())!["count"]!.GetValue<int>();
    }

    private static Task LinkedAsync(BotProcess bot) => Eventually.TrueAsync(
        async () => Count((await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output, "channel.linked") > 0,
        () => $"linked\n{bot.Output}");

    /// <summary>A call during which the bot may die.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

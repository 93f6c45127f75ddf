using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Common;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// One bot is killed (SIGKILL) at each named point of an incident's life, each time of another incident, with redelivered webhooks and
/// doubled clicks around it.
/// </summary>
public sealed class CrashTests(CrashingBot crashing) : IClassFixture<CrashingBot>
{
    private static readonly IReadOnlyList<string> AtOnce = ["event.received", "incident.opened", "proposal.decided", "execution.finished"];

    public static TheoryData<string> Points => [.. Failpoint.All];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_kill_at_any_point_loses_no_event_and_doubles_no_effect(string point)
    {
        var (bot, teams) = (crashing.Bot, crashing.Teams);
        await crashing.ReadyAsync();
        // As the point is called, so is the service that stops.
        var service = point;
        var stopped = new JsonObject { [service] = new JsonObject { ["state"] = "stopped", ["startup"] = "automatic" } };
        await bot.SandboxAsync(HttpMethod.Post, "devices/dev-c-107/state", new JsonObject { ["services"] = stopped }.ToJsonString());
        var before = await bot.TypesAsync();
        var effects = await EffectsAsync(bot);

        crashing.KillAt(point);
        var acknowledged = await TryAsync(async () =>
        {
            using var answer = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", service));
            return answer.StatusCode == HttpStatusCode.Accepted;
        });
        JsonObject? approve = null;
        // Up to the decision the crash comes by itself; from there on it needs the click.
        if (Array.IndexOf([.. Failpoint.All], point) >= Array.IndexOf([.. Failpoint.All], Failpoint.DecisionAppended))
        {
            var shown = await teams.CardAsync(service);
            // A kill before it is known that the card is there is what CardSent is about.
            await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Skip(before.Count).Contains("card.posted"),
                () => $"posted\n{bot.Output}");
            approve = PlayedTeams.Actions(shown.Card).First(action => action["title"]!.GetValue<string>() == "Approve");
            await TryAsync(async () => await teams.InvokeAsync(PlayedTeams.Tara, shown, approve) is not null);
        }
        await bot.WaitForExitAsync(TestContext.Current.CancellationToken);

        await crashing.RestartAsync(point);
        using var again = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", service));
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var redelivered = (await again.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        if (acknowledged)
            redelivered["duplicate"]!.GetValue<bool>().ShouldBeTrue();
        var card = await teams.CardAsync(service);
        approve ??= PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Omar, card))
            .First(action => action["title"]!.GetValue<string>() == "Approve");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => teams.InvokeAsync(PlayedTeams.Omar, card, approve)));
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");

        (await EffectsAsync(bot)).ShouldBe(effects + 1, bot.Output);
        var incident = Regex.Match(card.Card!.ToJsonString(), "CON-[0-9]+", RegexOptions.NonBacktracking).Value;
        teams.Messages.Values.Count(message => message.Says(incident) && message.Says(service)).ShouldBe(1);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(0, output);
        var since = (await bot.TypesAsync()).Skip(before.Count).ToList();
        foreach (var type in AtOnce)
            since.Count(entry => entry == type).ShouldBe(1, type);
    }

    private static async Task<int> EffectsAsync(BotProcess bot) =>
        (await bot.SandboxAsync(HttpMethod.Get, "effects"))["count"]!.GetValue<int>();

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

/// <summary>A bot that ends where a test says, and its Teams.</summary>
public sealed class CrashingBot : IAsyncLifetime
{
    private readonly string order = Path.Combine(Directory.CreateTempSubdirectory("crash-").FullName, "at");

    internal BotProcess Bot { get; private set; } = null!;

    internal PlayedTeams Teams { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Bot = await BotProcess.StartAsync(new()
        {
            ["Testing:CrashAtFile"] = order,
            ["LocalTeams:Enabled"] = "false",
            ["Execution:SettleFor"] = "00:00:03",
            ["Storms:SameCause"] = "100",
            ["Storms:Tenant"] = "100",
        });
        Teams = await PlayedTeams.StartAsync(Bot.Http);
        await Teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await Bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{Bot.Output}");
    }

    /// <summary>Whatever became of the test before.</summary>
    internal async Task ReadyAsync()
    {
        File.Delete(order);
        if (Bot.HasExited)
            await Bot.RestartAsync();
    }

    /// <summary>From now on, whole at once.</summary>
    internal void KillAt(string point)
    {
        File.WriteAllText(order + ".new", point);
        File.Move(order + ".new", order);
    }

    internal Task RestartAsync(string after)
    {
        File.Delete(order);
        // A card that did arrive is claimed by the first click on it; however slow the machine, that must come before it is given up.
        return Bot.RestartAsync(new() { ["Cards:LostAnswerWait"] = after == Failpoint.CardSent ? "00:10:00" : "00:00:05" });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[Bot, Teams])
        {
            if (part is not null)
                await part.DisposeAsync();
        }
        Directory.Delete(Path.GetDirectoryName(order)!, recursive: true);
    }
}

using System.Net;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Two people where one is not enough, and what happens after a decision.</summary>
public sealed class SecondThoughtsTests : IAsyncLifetime
{
    private readonly string policies = Directory.CreateTempSubdirectory("policies-").FullName;

    public async ValueTask InitializeAsync() => await File.WriteAllTextAsync(Path.Combine(policies, "contoso.yaml"), """
        defaults: { approver: approver, approvals: 2, notTheRequester: true, expiry: 8h, criticalExpiry: 1h, escalateAfter: 30m }
        chain: { window: 1h, weight: 5 }
        maintenance: []
        rules:
          - { name: Taking back needs somebody else, area: undo, level: L2, approvals: 1 }
          - { name: Changes are approved by two, actions: ["*"], level: L2 }
        """);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(policies, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Two_approve_and_somebody_else_than_who_asked_lets_it_be_taken_back()
    {
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Access:Local"] = "none",
            ["Access:Roles:contoso:approver:0"] = PlayedTeams.Tara.ObjectId,
            ["Access:Roles:contoso:approver:1"] = PlayedTeams.Omar.ObjectId,
            ["Gates:PolicyPath"] = policies,
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");

        var approve = await ButtonAsync(teams, PlayedTeams.Tara, card, "Approve");
        (await teams.InvokeAsync(PlayedTeams.Tara, card, approve)).ToJsonString()
            .ShouldContain("it needs 1 more approval by somebody else");
        (await teams.InvokeAsync(PlayedTeams.Tara, card, approve)).ToJsonString().ShouldContain("it needs somebody else");
        (await teams.InvokeAsync(PlayedTeams.Omar, card, approve)).ToJsonString()
            .ShouldContain("You approved CON-1001; it is being carried out.");
        await SaysAsync(bot, card, "Verified");

        (await teams.ClickAsync(PlayedTeams.Tara, card, "Undo")).ToJsonString()
            .ShouldContain("needs 1 approval by somebody other than you");
        await SaysAsync(bot, card, "Take back what was done");
        var takeBack = await ButtonAsync(teams, PlayedTeams.Omar, card, "Approve");
        (await teams.InvokeAsync(PlayedTeams.Tara, card, takeBack)).ToJsonString().ShouldContain("somebody else must approve it");
        await teams.InvokeAsync(PlayedTeams.Omar, card, takeBack);
        await SaysAsync(bot, card, "nothing has been done about it");
        (await bot.TypesAsync()).Count(type => type == "incident.reopened").ShouldBe(1);
        await teams.SayAsync(PlayedTeams.Tara, "pending");
        await Eventually.TrueAsync(
            () => Task.FromResult(teams.Messages.Values.Any(message => message.Says("Taken back, still firing") && message.Says("1 open"))),
            () => bot.Output);

        var types = await bot.TypesAsync();
        types.Count(type => type == "proposal.decided").ShouldBe(3);
        types.Count(type => type is "execution.finished" or "undo.finished").ShouldBe(2);
        (await new LocalSession(bot).SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task An_alert_that_ends_after_the_approval_withdraws_nothing()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false", ["Sandbox:Timeout"] = "00:02:00" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        await new LocalSession(bot).SandboxAsync(HttpMethod.Put, "switches", """{"holdActions":true}""");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        using var ended =
            await bot.AlertmanagerAsync("contoso", Alerts.Payload("WindowsServiceDown", "WS-RECEPTION", "resolved", ("name", "Spooler")));
        ended.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await bot.TypesAsync()).ShouldNotContain("execution.finished", "the alert ended while it was carried out");
        await new LocalSession(bot).SandboxAsync(HttpMethod.Put, "switches", "{}");
        await SaysAsync(bot, card, "Verified");

        var types = await bot.TypesAsync();
        types.ShouldNotContain("proposal.withdrawn");
        types.Count(type => type == "execution.finished").ShouldBe(1);
        types.Count(type => type == "incident.closed").ShouldBe(1);
    }

    [Fact]
    public async Task What_failed_is_drafted_again_and_done_when_somebody_approves_it()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        var session = new LocalSession(bot);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await session.SandboxAsync(HttpMethod.Put, "switches", """{"rejects":["*"]}""");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await SaysAsync(bot, card, "Draft again");

        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        var again = await ButtonAsync(teams, PlayedTeams.Omar, card, "Draft again");
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => teams.InvokeAsync(PlayedTeams.Omar, card, again)));
        results.Count(result => result.ToJsonString().Contains("its card will ask for a decision", StringComparison.Ordinal)).ShouldBe(1);
        await SaysAsync(bot, card, "Waiting for a decision");
        await teams.ClickAsync(PlayedTeams.Omar, card, "Approve");
        await SaysAsync(bot, card, "Verified");

        var types = await bot.TypesAsync();
        types.Count(type => type == "redraft.requested").ShouldBe(1);
        types.Count(type => type == "proposal.staged").ShouldBe(2);
        types.Count(type => type == "execution.finished").ShouldBe(2);
        (await session.SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Where_nobody_can_tell_what_happened_a_new_draft_looks_at_the_world_first()
    {
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false", ["Sandbox:Timeout"] = "00:00:01", ["Execution:SettleFor"] = "00:00:01",
            ["Execution:LookEvery"] = "00:00:00.200",
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        var session = new LocalSession(bot);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        await session.SandboxAsync(HttpMethod.Put, "switches", """{"hangActions":true,"cannotTell":true}""");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await SaysAsync(bot, card, "cannot tell whether");

        await session.SandboxAsync(HttpMethod.Put, "switches", "{}");
        await teams.SayAsync(PlayedTeams.Omar, "redraft CON-1001");
        await SaysAsync(bot, card, "Waiting for a decision");
        card.Says("Nobody knows whether an earlier run took effect").ShouldBeTrue();
        await teams.ClickAsync(PlayedTeams.Omar, card, "Approve");
        await SaysAsync(bot, card, "Verified");
        (await session.SandboxAsync(HttpMethod.Get, "effects"))!["count"]!.GetValue<int>().ShouldBe(1);
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> ButtonAsync(
        PlayedTeams teams, PlayedPerson who, PlayedMessage card, string title) =>
        PlayedTeams.Actions(await teams.ViewAsync(who, card)).First(action => action["title"]!.GetValue<string>() == title);

    private static Task SaysAsync(BotProcess bot, PlayedMessage message, string text) => Eventually.TrueAsync(
        () => Task.FromResult(message.Says(text)), () => $"'{text}' on {message.Card}\n{bot.Output}");
}

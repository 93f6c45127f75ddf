using System.Net;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

/// <summary>Invokes of dialogs: each answer has the shape that Teams reads, inside the time that Teams waits, and each is run once.</summary>
public sealed class DialogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("task/fetch", false)]
    [InlineData("task/submit", true)]
    public async Task What_the_button_or_the_form_sends_reaches_the_handler(string name, bool isFilledIn)
    {
        await using var host = await TeamsHost.StartAsync();
        await BodyAsync(host, AnActivity.Dialog(name));
        var request = host.Handler.Dialogs.ShouldHaveSingleItem();
        request.IsFilledIn.ShouldBe(isFilledIn);
        request.Data.GetProperty("form").GetString().ShouldBe("connect");
    }

    [Fact]
    public async Task A_form_is_a_card_with_a_title()
    {
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnDialog = static (_, _) =>
            Task.FromResult<DialogResponse>(new DialogResponse.Form("A form", new OutgoingJson { ["type"] = "AdaptiveCard" }));
        (await BodyAsync(host, AnActivity.Dialog("task/fetch"))).ShouldBe(
            """{"task":{"type":"continue","value":{"title":"A form","height":"large","width":"medium","card":"""
            + """{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard"}}}}}""");
    }

    [Fact]
    public async Task A_sentence_is_shown_in_its_place()
    {
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnDialog = static (_, _) => Task.FromResult<DialogResponse>(new DialogResponse.Message("Not \"yours\"."));
        (await BodyAsync(host, AnActivity.Dialog("task/submit"))).ShouldBe("""{"task":{"type":"message","value":"Not \"yours\"."}}""");
    }

    [Fact]
    public async Task Nothing_at_all_closes_it_also_when_it_is_delivered_again()
    {
        await using var host = await TeamsHost.StartAsync();
        for (var time = 0; time < 2; time++)
        {
            using var result = await host.PostAsync(AnActivity.Dialog("task/submit"));
            result.StatusCode.ShouldBe(HttpStatusCode.OK);
            result.Content.Headers.ContentType.ShouldBeNull();
            (await result.Content.ReadAsByteArrayAsync(Token)).ShouldBeEmpty();
        }
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_takes_too_long_says_so_inside_the_budget_and_what_came_of_it_is_told_later()
    {
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        var release = new TaskCompletionSource<DialogResponse>();
        host.Handler.OnDialog = (_, token) => release.Task.WaitAsync(token);
        (await WaitedAsync(host, clock, "task/submit")).ShouldContain("""{"task":{"type":"message","value":"Still working on it""");
        release.SetResult(new DialogResponse.Message("refused") { Late = new() { Text = "refused after all" } });
        (await host.Handler.NextAsync()).ShouldBe("late: refused after all");
        (await BodyAsync(host, AnActivity.Dialog("task/submit"))).ShouldContain("refused");
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_is_not_opened_in_time_is_not_told_about_later()
    {
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        var release = new TaskCompletionSource<DialogResponse>();
        host.Handler.OnDialog = (request, token) =>
            request.IsFilledIn ? Task.FromResult<DialogResponse>(new DialogResponse.Closed()) : release.Task.WaitAsync(token);
        (await WaitedAsync(host, clock, "task/fetch")).ShouldContain("press the button again");
        release.SetResult(new DialogResponse.Message("late") { Late = new() { Text = "late" } });
        await BodyAsync(host, AnActivity.Dialog("task/submit", "f:2"));
        (await host.Handler.NextAsync()).ShouldBe("dialog");
    }

    [Theory]
    [InlineData("task/fetch")]
    [InlineData("task/submit")]
    public async Task One_that_throws_says_what_to_tell_the_administrator(string name)
    {
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnDialog = static (_, _) => throw new InvalidOperationException("secret detail");
        using var result = await host.PostAsync(AnActivity.Dialog(name));
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        var task = JsonNode.Parse(await result.Content.ReadAsStringAsync(Token))!["task"]!;
        task["type"]!.GetValue<string>().ShouldBe("message");
        task["value"]!.GetValue<string>().ShouldContain(result.Headers.GetValues("X-Correlation-Id").Single());
        task["value"]!.GetValue<string>().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"data":"text"}""")]
    [InlineData("{}")]
    public async Task Whatever_it_sends_is_the_handlers_to_judge(string value)
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Dialog("task/submit").With("value", JsonNode.Parse(value)))).ShouldBe(HttpStatusCode.OK);
        host.Handler.Dialogs.Count.ShouldBe(1);
    }

    private static async Task<string> WaitedAsync(TeamsHost host, ManualClock clock, string name)
    {
        var result = BodyAsync(host, AnActivity.Dialog(name));
        (await host.Handler.NextAsync()).ShouldBe("dialog");
        await TurnTests.UntilAsync(() => clock.WaitingTimers > 0);
        result.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(3));
        return await result;
    }

    private static async Task<string> BodyAsync(TeamsHost host, JsonObject activity)
    {
        using var result = await host.PostAsync(activity);
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await result.Content.ReadAsStringAsync(Token);
    }
}

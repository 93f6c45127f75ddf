using System.Net;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

public sealed class TurnTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_replied_to_in_its_chat()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnMessage = (turn, token) => turn.ReplyAsync(new() { Text = $"heard {turn.Text}" }, token);
        (await host.StatusAsync(AnActivity.Message("hello", serviceUrl: teams.ServiceUrl))).ShouldBe(HttpStatusCode.Accepted);
        await UntilAsync(() => teams.Calls.Count == 1);
        var call = teams.Calls[0];
        call.Is("POST", "/v3/conversations/a%3A1dana/activities/1").ShouldBeTrue();
        call.Body!["text"]!.GetValue<string>().ShouldBe("heard hello");
        call.Body["replyToId"]!.GetValue<string>().ShouldBe("1");
        call.Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task A_message_is_accepted_only_when_it_has_acted()
    {
        await using var host = await TeamsHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Handler.OnMessage = (_, _) => release.Task;
        var first = host.StatusAsync(AnActivity.Message("freeze contoso"));
        await host.Handler.NextAsync();
        var again = host.StatusAsync(AnActivity.Message("freeze contoso"));
        await Task.Delay(100, Token);
        (first.IsCompleted || again.IsCompleted).ShouldBeFalse();
        release.SetResult();
        (await first).ShouldBe(HttpStatusCode.Accepted);
        (await again).ShouldBe(HttpStatusCode.OK);
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_does_not_act_in_time_is_not_accepted_but_goes_on()
    {
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        var release = new TaskCompletionSource();
        host.Handler.OnMessage = (_, _) => release.Task;
        var first = host.StatusAsync(AnActivity.Message("freeze contoso"));
        await host.Handler.NextAsync();
        await UntilAsync(() => clock.WaitingTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(10));
        (await first).ShouldBe(HttpStatusCode.ServiceUnavailable);
        release.SetResult();
        (await host.StatusAsync(AnActivity.Message("freeze contoso"))).ShouldBe(HttpStatusCode.OK);
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_reply_that_Teams_does_not_take_holds_no_later_message_up()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        var taken = new TaskCompletionSource();
        teams.Next(new FakeResponse(201, """{"id":"1776"}""", Release: taken.Task));
        host.Handler.OnMessage = (turn, token) => turn.ReplyAsync(new() { Text = turn.Text }, token);
        foreach (var number in Enumerable.Range(0, 5))
            (await host.StatusAsync(AnActivity.Message($"{number}", $"m{number}", teams.ServiceUrl))).ShouldBe(HttpStatusCode.Accepted);
        teams.Calls.Count.ShouldBeLessThanOrEqualTo(1);
        taken.SetResult();
        await UntilAsync(() => teams.Calls.Count == 5);
        teams.Calls.Select(call => call.Body!["text"]!.GetValue<string>()).ShouldBe(["0", "1", "2", "3", "4"]);
    }

    [Fact]
    public async Task A_message_has_the_same_correlation_id_in_every_process_and_another_message_another()
    {
        await using var host = await TeamsHost.StartAsync();
        await using var other = await TeamsHost.StartAsync();
        using var first = await host.PostAsync(AnActivity.Message("hello"));
        using var again = await other.PostAsync(AnActivity.Message("hello"));
        using var next = await other.PostAsync(AnActivity.Message("hello", id: "2"));
        var correlation = first.Headers.GetValues("X-Correlation-Id").Single();
        correlation.Length.ShouldBe(32);
        again.Headers.GetValues("X-Correlation-Id").Single().ShouldBe(correlation);
        next.Headers.GetValues("X-Correlation-Id").Single().ShouldNotBe(correlation);
    }

    [Fact]
    public async Task The_person_is_known_by_object_id_and_unknown_without_one()
    {
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(AnActivity.Click("one", "f:1"));
        await host.StatusAsync(AnActivity.Click("two", "f:2").With("from", new JsonObject { ["id"] = "29:guest", ["name"] = "Guest" }));
        var people = host.Handler.Turns.Select(turn => turn.Turn.Person).ToList();
        people[0].ShouldBe(new(Who("33333333-3333-4333-8333-333333333300"), "Dana"));
        people[1].ShouldBeNull();
    }

    [Fact]
    public async Task The_stored_answer_of_a_click_is_for_its_person_alone()
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Click("approve"))).ShouldBe(HttpStatusCode.OK);
        var stranger = AnActivity.Click("approve")
            .With("from", new JsonObject { ["id"] = "29:eve", ["aadObjectId"] = "33333333-3333-4333-8333-3333333333ee" });
        (await host.StatusAsync(stranger)).ShouldBe(HttpStatusCode.OK);
        host.Handler.Actions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_click_delivered_again_gets_the_stored_answer()
    {
        await using var host = await TeamsHost.StartAsync();
        var count = 0;
        host.Handler.OnAction =
            (_, _) => Task.FromResult(InvokeResponse.Card(new OutgoingJson { ["n"] = Interlocked.Increment(ref count) }));
        var first = await BodyAsync(host, AnActivity.Click("approve"));
        var second = await BodyAsync(host, AnActivity.Click("approve"));
        second.ShouldBe(first);
        first.ShouldBe("""{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{"n":1}}""");
        (await BodyAsync(host, AnActivity.Click("approve", "f:2"))).ShouldContain("\"n\":2");
        var elsewhere = AnActivity.Click("approve");
        elsewhere["conversation"]!["id"] = "a:other";
        (await BodyAsync(host, elsewhere)).ShouldContain("\"n\":3");
    }

    [Fact]
    public async Task Clicks_delivered_side_by_side_wait_for_the_first()
    {
        await using var host = await TeamsHost.StartAsync();
        var release = new TaskCompletionSource<InvokeResponse>();
        host.Handler.OnAction = (_, _) => release.Task;
        var results = Enumerable.Range(0, 8).Select(_ => BodyAsync(host, AnActivity.Click("approve"))).ToList();
        await host.Handler.NextAsync();
        release.SetResult(InvokeResponse.Message("done"));
        (await Task.WhenAll(results)).Distinct().ShouldHaveSingleItem().ShouldContain("done");
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_delivered_again_is_answered_and_not_run()
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Message("freeze contoso"))).ShouldBe(HttpStatusCode.Accepted);
        (await host.StatusAsync(AnActivity.Message("freeze contoso"))).ShouldBe(HttpStatusCode.OK);
        await host.Handler.NextAsync();
        await host.StopAsync();
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_click_that_takes_too_long_is_answered_inside_the_budget_and_goes_on()
    {
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        var release = new TaskCompletionSource<InvokeResponse>();
        host.Handler.OnAction = (_, token) => release.Task.WaitAsync(token);
        var result = BodyAsync(host, AnActivity.Click("approve"));
        await host.Handler.NextAsync();
        await UntilAsync(() => clock.WaitingTimers > 0);
        result.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(3));
        (await result).ShouldContain("Still working on it");
        release.SetResult(InvokeResponse.Message("approved after all"));
        (await host.Handler.NextAsync()).ShouldBe("late: approved after all");
        (await BodyAsync(host, AnActivity.Click("approve"))).ShouldContain("approved after all");
        host.Handler.Turns.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refresh_that_takes_too_long_and_a_click_that_does_not_are_told_no_more_about()
    {
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        var release = new TaskCompletionSource<InvokeResponse>();
        host.Handler.OnAction =
            (action, token) => action.IsAutomatic ? release.Task.WaitAsync(token) : Task.FromResult(InvokeResponse.Message("at once"));
        var refresh = AnActivity.Click("view");
        refresh["value"]!["trigger"] = "automatic";
        var result = BodyAsync(host, refresh);
        await host.Handler.NextAsync();
        await UntilAsync(() => clock.WaitingTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(3));
        (await result).ShouldContain("Still working on it");
        release.SetResult(InvokeResponse.Message("late"));
        (await BodyAsync(host, AnActivity.Click("approve", "f:2"))).ShouldContain("at once");
        await host.StatusAsync(AnActivity.Message("hi"));
        (await host.Handler.NextAsync()).ShouldBe("action");
        (await host.Handler.NextAsync()).ShouldBe("message");
    }

    [Fact]
    public async Task A_caller_that_hangs_up_cancels_nothing()
    {
        await using var host = await TeamsHost.StartAsync();
        var release = new TaskCompletionSource();
        var finished = new TaskCompletionSource<bool>();
        host.Handler.OnAction = async (_, token) =>
        {
            await release.Task;
            finished.SetResult(token.IsCancellationRequested);
            return InvokeResponse.Message("done");
        };
        using var impatient = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages")
        {
            Content = new StringContent(AnActivity.Click("approve").ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        var call = host.Client.SendAsync(request, impatient.Token);
        await host.Handler.NextAsync();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        release.SetResult();
        (await finished.Task.WaitAsync(Hang.Limit, Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_click_that_throws_becomes_an_error_with_the_reference()
    {
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnAction = (_, _) => throw new InvalidOperationException("secret detail");
        using var result = await host.PostAsync(AnActivity.Click("approve"));
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = JsonNode.Parse(await result.Content.ReadAsStringAsync(Token))!;
        body["statusCode"]!.GetValue<int>().ShouldBe(500);
        body["type"]!.GetValue<string>().ShouldBe("application/vnd.microsoft.error");
        var message = body["value"]!["message"]!.GetValue<string>();
        message.ShouldContain(result.Headers.GetValues("X-Correlation-Id").Single());
        message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_message_that_throws_is_apologised_for()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnMessage = (_, _) => throw new InvalidOperationException("secret detail");
        using var result = await host.PostAsync(AnActivity.Message("x", serviceUrl: teams.ServiceUrl));
        await UntilAsync(() => teams.Calls.Count == 1);
        teams.Calls[0].Body!["text"]!.GetValue<string>().ShouldContain(result.Headers.GetValues("X-Correlation-Id").Single());
    }

    [Theory]
    [InlineData("messageUpdate")]
    [InlineData("messageDelete")]
    [InlineData("messageReaction")]
    [InlineData("typing")]
    [InlineData("event")]
    [InlineData("somethingNew")]
    public async Task Edits_deletions_and_the_unknown_are_acknowledged_and_run_nothing(string type)
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Message("freeze contoso").With("type", type))).ShouldBe(HttpStatusCode.OK);
        await host.StopAsync();
        host.Handler.Turns.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("composeExtension/query")]
    [InlineData("somethingNew")]
    public async Task An_unknown_invoke_is_not_implemented(string name)
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Click("x").With("name", name))).ShouldBe(HttpStatusCode.NotImplemented);
    }

    [Theory]
    [InlineData("""{"action":{"type":"Action.Execute"}}""")]
    [InlineData("""{"action":{"verb":5}}""")]
    [InlineData("""{"action":"approve"}""")]
    [InlineData("""[]""")]
    [InlineData("null")]
    public async Task A_click_without_a_verb_is_a_card_error(string value)
    {
        await using var host = await TeamsHost.StartAsync();
        (await BodyAsync(host, AnActivity.Click("x").With("value", JsonNode.Parse(value)))).ShouldContain("\"statusCode\":400");
        host.Handler.Turns.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_click_whose_verb_is_half_a_character_is_a_card_error()
    {
        await using var host = await TeamsHost.StartAsync();
        using var result =
            await host.PostAsync(AnActivity.Click("approve").ToJsonString().Replace("approve", "\\ud800", StringComparison.Ordinal));
        (await result.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"statusCode\":400");
        host.Handler.Turns.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refresh_is_told_from_a_click()
    {
        await using var host = await TeamsHost.StartAsync();
        var refresh = AnActivity.Click("view");
        refresh["value"]!["trigger"] = "automatic";
        await host.StatusAsync(refresh);
        var action = host.Handler.Actions.ShouldHaveSingleItem();
        action.IsAutomatic.ShouldBeTrue();
        action.ReplyToId.ShouldBe("1776");
        action.Data.GetProperty("incident").GetString().ShouldBe("CON-1001");
    }

    [Theory]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":""}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":5}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":"message"} trailing""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":"message","from":"nobody"}""", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":"message"}""", "text/plain", HttpStatusCode.BadRequest)]
    [InlineData("""{"type":"message"}""", "application/json", HttpStatusCode.Forbidden)]
    public async Task A_body_that_is_no_activity_is_refused(string body, string contentType, HttpStatusCode expected)
    {
        await using var host = await TeamsHost.StartAsync();
        using var result = await host.PostAsync(body, contentType: contentType);
        result.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_body_beyond_the_cap_is_too_large()
    {
        await using var host = await TeamsHost.StartAsync();
        using var result = await host.PostAsync(AnActivity.Message(new string('x', 300 * 1024)));
        result.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await host.StatusAsync(AnActivity.Message(new string('x', 200 * 1024)))).ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task Other_methods_are_not_allowed(string method)
    {
        await using var host = await TeamsHost.StartAsync();
        using var request = new HttpRequestMessage(new(method), "/api/messages");
        using var result = await host.Client.SendAsync(request, Token);
        result.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task In_local_mode_a_foreign_service_url_is_forbidden()
    {
        await using var host = await TeamsHost.StartAsync();
        (await host.StatusAsync(AnActivity.Message("x", serviceUrl: "https://smba.trafficmanager.net/teams"))).ShouldBe(
            HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    public async Task In_local_mode_a_page_or_proxy_cannot_lend_our_trust(string header, string value)
    {
        await using var host = await TeamsHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages")
        {
            Content = new StringContent(AnActivity.Click("x").ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        using var result = await host.Client.SendAsync(request, Token);
        result.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Messages_of_one_conversation_are_handled_in_order()
    {
        await using var host = await TeamsHost.StartAsync();
        host.Handler.OnMessage = async (_, _) => await Task.Yield();
        for (var number = 0; number < 20; number++)
            await host.StatusAsync(AnActivity.Message($"{number}", $"m{number}"));
        await host.StopAsync();
        host.Handler.Turns.Select(turn => turn.Turn.Text).ShouldBe(Enumerable.Range(0, 20).Select(number => $"{number}"));
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Hang.Limit);
        while (!condition())
            await Task.Delay(5, timeout.Token);
    }

    private static async Task<string> BodyAsync(TeamsHost host, JsonObject activity)
    {
        using var result = await host.PostAsync(activity);
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await result.Content.ReadAsStringAsync(Token);
    }
}

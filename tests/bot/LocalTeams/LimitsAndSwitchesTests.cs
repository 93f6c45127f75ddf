using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.LocalTeams;

public sealed class LimitsAndSwitchesTests : IAsyncLifetime
{
    private const string Mona = "a:1local-mona";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly ManualClock clock = new();
    private LocalTeamsHost teams = null!;

    public async ValueTask InitializeAsync() => teams = await LocalTeamsHost.StartAsync(clock);

    public ValueTask DisposeAsync() => teams.DisposeAsync();

    [Fact]
    public async Task The_eighth_send_of_a_second_is_throttled_with_the_time_to_wait()
    {
        for (var i = 0; i < 7; i++)
            (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var refused = await SendAsync(Mona);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadFromJsonAsync<JsonElement>(Ct)).Text("error/code").ShouldBe("Throttled");
        (await SendAsync("a:1local-dana")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task After_a_second_one_more_is_taken_and_after_two_the_rest()
    {
        for (var i = 0; i < 7; i++)
            await SendAsync(Mona);
        clock.Advance(TimeSpan.FromSeconds(1.5));

        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Sixty_are_taken_in_thirty_seconds_and_threads_of_a_channel_share_them()
    {
        var root = await teams.PostCardAsync(LocalTeamsHost.General, TestCards.Card("root"), Ct);
        var thread = $"{LocalTeamsHost.General};messageid={root}";
        for (var i = 1; i < 60; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(400));
            (await SendAsync(i % 2 == 0 ? thread : LocalTeamsHost.General)).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        clock.Advance(TimeSpan.FromMilliseconds(400));
        (await SendAsync(thread)).Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task All_calls_of_the_app_together_stay_within_fifty_a_second()
    {
        for (var i = 0; i < 10; i++)
        {
            foreach (var person in (string[])["dana", "erik", "mona", "alex", "aisha"])
                (await teams.Client.GetAsync($"{LocalTeamsHost.Conversation($"a:1local-{person}")}/members", Ct)).StatusCode.ShouldBe(
                    HttpStatusCode.OK);
        }

        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Counters_tell_what_was_asked_and_the_most_at_a_time()
    {
        var id = await teams.PostCardAsync(Mona, TestCards.Card("one"), Ct);
        for (var i = 0; i < 7; i++)
            await teams.Client.PutAsJsonAsync(
                $"{LocalTeamsHost.Conversation(Mona)}/activities/{id}", LocalTeamsHost.CardActivity(TestCards.Card("two")), Ct);

        var counters = await teams.GetAsync("/localteams/api/counters", Ct);

        counters.Text("sends").ShouldBe("1");
        counters.Text("updates").ShouldBe("7");
        counters.Text("throttled").ShouldBe("1");
        var most = counters.GetProperty("conversations").EnumerateArray().Single(entry => entry.Text("conversation") == Mona)
            .GetProperty("most");
        most.ToString().ShouldBe("""{"1s":8,"2s":8,"30s":8,"3600s":8}""");
    }

    [Fact]
    public async Task Switched_429_is_given_as_often_as_asked_and_not_held_against_the_bot()
    {
        await teams.SwitchAsync(new { http429 = 2, retryAfter = 7 }, Ct);

        (await SendAsync(Mona)).Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var counters = await teams.GetAsync("/localteams/api/counters", Ct);
        counters.Text("throttled").ShouldBe("0");
        counters.Text("switched429").ShouldBe("2");
        counters.Text("sends").ShouldBe("1");
    }

    [Fact]
    public async Task A_switched_error_does_nothing_and_offline_refuses_until_it_is_over()
    {
        await teams.SwitchAsync(new { http5xx = 1, code = 504 }, Ct);
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        await teams.SwitchAsync(new { offline = true }, Ct);
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await teams.MessagesAsync(Mona, Ct)).ShouldBeEmpty();
        await teams.SwitchAsync(new { }, Ct);

        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_lost_answer_cuts_the_connection_after_the_message_is_there()
    {
        await teams.SwitchAsync(new { loseAnswer = 1 }, Ct);

        await Should.ThrowAsync<HttpRequestException>(() => SendAsync(Mona));

        (await teams.MessagesAsync(Mona, Ct)).Count.ShouldBe(1);
        (await SendAsync(Mona)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_slow_answer_waits_first()
    {
        await teams.SwitchAsync(new { slowMs = 5000 }, Ct);

        var sending = SendAsync(Mona);
        while (clock.WaitingTimers == 0)
            await Task.Yield();
        (await teams.MessagesAsync(Mona, Ct)).ShouldBeEmpty();
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        (await sending).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private Task<HttpResponseMessage> SendAsync(string conversation) => teams.SendAsync(conversation, LocalTeamsHost.TextActivity("x"), Ct);
}

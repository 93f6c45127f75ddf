using System.Net;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

/// <summary>What becomes of replies when the bot is stopped.</summary>
public sealed class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_last_turn_ends_and_its_reply_is_sent_the_bot_still_answers_but_takes_no_further_turn()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Handler.OnMessage = async (turn, token) =>
        {
            await release.Task;
            await turn.ReplyAsync(new() { Text = "done" }, token);
        };
        var accepted = host.StatusAsync(AnActivity.Message("link contoso", "1", teams.ServiceUrl));
        await host.Handler.NextAsync();
        var stopped = host.StopAsync();
        await TurnTests.UntilAsync(() => host.Get<BackgroundTurns>().IsClosed);
        (await host.StatusAsync(AnActivity.Message("too late", "2", teams.ServiceUrl))).ShouldBe(HttpStatusCode.ServiceUnavailable);
        release.SetResult();
        (await accepted).ShouldBe(HttpStatusCode.Accepted);
        await stopped.WaitAsync(Hang.Limit, Token);
        teams.Calls.Select(call => call.Body!["text"]!.GetValue<string>()).ShouldBe(["done"]);
    }

    [Fact]
    public async Task A_stop_gives_up_a_reply_that_Teams_puts_off_long_before_a_running_bot_would()
    {
        await using var teams = await FakeTeams.StartAsync();
        var clock = new ManualClock();
        await using var host = await TeamsHost.StartAsync(clock: clock);
        teams.Next(new FakeResponse(503, RetryAfter: "20"));
        host.Handler.OnMessage = (turn, token) => turn.ReplyAsync(new() { Text = "done" }, token);
        (await host.StatusAsync(AnActivity.Message("link contoso", "1", teams.ServiceUrl))).ShouldBe(HttpStatusCode.Accepted);
        await TurnTests.UntilAsync(() => teams.Calls.Count == 1 && clock.Sleepers > 0);
        var began = clock.GetUtcNow();
        var stopped = host.StopAsync();
        await TurnTests.UntilAsync(() => host.Get<BackgroundTurns>().IsClosed);
        // Slower than the stop is carried out, and never to the time at which the reply would be tried again.
        var turns = host.Get<BackgroundTurns>().ExecuteTask.ShouldNotBeNull();
        while (!turns.IsCompleted)
        {
            if (clock.GetUtcNow() - began < TimeSpan.FromSeconds(19))
                clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(5, Token);
        }
        await clock.PassUntilAsync(() => stopped.IsCompleted, TimeSpan.FromMilliseconds(50), Token);
        await stopped;
        // The clock goes on while the rest of the host stops; the reply is given up by then.
        (clock.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(BackgroundTurns.StopTimeout);
        teams.Calls.Count.ShouldBe(1);
    }
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Teams;

public sealed class PacerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whatever each call takes, and whenever within it the service notices it, no sliding window there sees too much.</summary>
    [Fact]
    public void The_limits_hold_at_the_receiver_whatever_the_network_does() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().ToArbitrary(),
        seed =>
        {
            var arrivals = Simulate(new Random(seed), calls: 150);
            arrivals.Count.ShouldBe(150);
            MostWithin(arrivals, TimeSpan.FromSeconds(1)).ShouldBeLessThanOrEqualTo(7);
            MostWithin(arrivals, TimeSpan.FromSeconds(2)).ShouldBeLessThanOrEqualTo(8);
            MostWithin(arrivals, TimeSpan.FromSeconds(30)).ShouldBeLessThanOrEqualTo(60);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public async Task A_burst_of_seven_goes_at_once_and_the_eighth_a_second_later()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        for (var call = 0; call < 7; call++)
            (await pacer.EnterAsync("a", Urgency.Normal, Token)).Dispose();
        var eighth = pacer.EnterAsync("a", Urgency.Normal, Token);
        eighth.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1100));
        (await eighth).Dispose();
    }

    [Fact]
    public async Task Urgent_calls_go_before_those_that_wait()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        for (var call = 0; call < 7; call++)
            (await pacer.EnterAsync("a", Urgency.Normal, Token)).Dispose();
        var normal = pacer.EnterAsync("a", Urgency.Normal, Token);
        var urgent = pacer.EnterAsync("a", Urgency.Urgent, Token);
        clock.Advance(TimeSpan.FromMilliseconds(1100));
        (await urgent).Dispose();
        normal.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await normal).Dispose();
    }

    [Fact]
    public async Task Important_calls_go_before_ordinary_ones_and_after_urgent_ones()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        for (var call = 0; call < 7; call++)
            (await pacer.EnterAsync("a", Urgency.Normal, Token)).Dispose();
        var normal = pacer.EnterAsync("a", Urgency.Normal, Token);
        var important = pacer.EnterAsync("a", Urgency.Important, Token);
        var urgent = pacer.EnterAsync("a", Urgency.Urgent, Token);
        clock.Advance(TimeSpan.FromMilliseconds(1100));
        (await urgent).Dispose();
        important.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1000));
        (await important).Dispose();
        (await normal.WaitAsync(Hang.Limit, Token)).Dispose();
    }

    [Fact]
    public async Task A_storm_that_has_used_up_its_half_minute_leaves_room_for_important_calls()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        for (var call = 0; call < 40; call++)
        {
            if (call % 7 == 0)
                clock.Advance(TimeSpan.FromSeconds(2.1));
            (await pacer.EnterAsync("a", Urgency.Normal, Token)).Dispose();
        }
        clock.Advance(TimeSpan.FromSeconds(2.1));
        var normal = pacer.EnterAsync("a", Urgency.Normal, Token);
        for (var call = 0; call < 5; call++)
            (await pacer.EnterAsync("a", Urgency.Important, Token).WaitAsync(Hang.Limit, Token)).Dispose();
        var beyond = pacer.EnterAsync("a", Urgency.Important, Token);
        (normal.IsCompleted || beyond.IsCompleted).ShouldBeFalse("the rest is for answers to people");
        (await pacer.EnterAsync("a", Urgency.Urgent, Token).WaitAsync(Hang.Limit, Token)).Dispose();
        clock.Advance(TimeSpan.FromSeconds(30));
        (await beyond.WaitAsync(Hang.Limit, Token)).Dispose();
        (await normal.WaitAsync(Hang.Limit, Token)).Dispose();
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_takes_no_turn()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        pacer.Hold("a", TimeSpan.FromSeconds(5));
        using var cancel = new CancellationTokenSource();
        var cancelled = pacer.EnterAsync("a", Urgency.Normal, cancel.Token);
        var other = pacer.EnterAsync("a", Urgency.Normal, Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        clock.Advance(TimeSpan.FromSeconds(5.1));
        (await other).Dispose();
    }

    [Fact]
    public async Task A_pause_holds_one_conversation_and_no_other()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        pacer.Hold("a", TimeSpan.FromSeconds(30));
        (await pacer.EnterAsync("b", Urgency.Normal, Token)).Dispose();
        var held = pacer.EnterAsync("a", Urgency.Urgent, Token);
        clock.Advance(TimeSpan.FromSeconds(29));
        held.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await held).Dispose();
    }

    [Fact]
    public async Task A_part_of_the_half_minute_is_for_urgent_calls_alone()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        for (var call = 0; call < 40; call++)
        {
            if (call % 7 == 0)
                clock.Advance(TimeSpan.FromSeconds(2.1));
            (await pacer.EnterAsync("a", Urgency.Normal, Token)).Dispose();
        }
        clock.Advance(TimeSpan.FromSeconds(2.1));
        var normal = pacer.EnterAsync("a", Urgency.Normal, Token);
        for (var call = 0; call < 10; call++)
        {
            if (call == 7)
                clock.Advance(TimeSpan.FromSeconds(2.1));
            (await pacer.EnterAsync("a", Urgency.Urgent, Token).WaitAsync(Hang.Limit, Token)).Dispose();
        }
        clock.Advance(TimeSpan.FromSeconds(2.1));
        var beyond = pacer.EnterAsync("a", Urgency.Urgent, Token);
        (normal.IsCompleted || beyond.IsCompleted).ShouldBeFalse("fifty went in these thirty seconds");
        clock.Advance(TimeSpan.FromSeconds(30));
        (await beyond.WaitAsync(Hang.Limit, Token)).Dispose();
        (await normal.WaitAsync(Hang.Limit, Token)).Dispose();
    }

    [Fact]
    public void All_threads_of_a_channel_are_paced_as_one_and_everything_else_apart()
    {
        var channel = Key("19:a@thread.tacv2");
        Key("19:a@thread.tacv2;messageid=1").ShouldBe(channel);
        Key("19:a@thread.tacv2;messageid=2", serviceUrl: "https://SMBA.example/teams/").ShouldBe(channel);
        Key("19:b@thread.tacv2;messageid=1").ShouldNotBe(channel);
        Key("19:a@thread.tacv2", serviceUrl: "https://other.example/teams").ShouldNotBe(channel);
        Key("19:a@thread.tacv2", HttpMethod.Get).ShouldNotBe(channel, "readings have limits of their own");

        static string Key(string conversation, HttpMethod? method = null, string serviceUrl = "https://smba.example/teams") =>
            new ConnectorCall(
                "test", method ?? HttpMethod.Post, serviceUrl, "/v3", Conversation(conversation), null, IsRepeatable: false).PaceKey;
    }

    [Fact]
    public async Task All_conversations_together_stay_under_thirty_a_second()
    {
        var clock = new ManualClock();
        using var pacer = new Pacer(clock);
        var calls = Enumerable.Range(0, 100).Select(number => pacer.EnterAsync($"thread {number}", Urgency.Normal, Token)).ToList();
        await TurnTests.UntilAsync(() => calls.Count(call => call.IsCompleted) == 30);
        foreach (var pass in calls.Where(call => call.IsCompleted))
            (await pass).Dispose();
        clock.Advance(TimeSpan.FromMilliseconds(990));
        calls.Count(call => call.IsCompleted).ShouldBe(30);
        clock.Advance(TimeSpan.FromMilliseconds(40));
        await TurnTests.UntilAsync(() => calls.Count(call => call.IsCompleted) == 60);
    }

    private static List<TimeSpan> Simulate(Random random, int calls)
    {
        var clock = new ManualClock();
        var start = clock.GetUtcNow();
        using var pacer = new Pacer(clock);
        var waiting = Enumerable.Range(0, calls).Select(_ => pacer.EnterAsync("thread", (Urgency)random.Next(3), Token)).ToList();
        var underWay = new List<(DateTimeOffset End, Pacer.Pass Pass)>();
        var arrivals = new List<TimeSpan>();
        var slowest = random.Next(1, 3000);
        while (arrivals.Count < calls || underWay.Count > 0)
        {
            var now = clock.GetUtcNow();
            foreach (var entered in waiting.Where(call => call.IsCompletedSuccessfully).ToList())
            {
                waiting.Remove(entered);
                var lasts = TimeSpan.FromMilliseconds(random.Next(0, slowest));
                arrivals.Add(now - start + (lasts * random.NextDouble()));
                underWay.Add((now + lasts, entered.Result));
            }
            foreach (var ended in underWay.Where(call => call.End <= now).ToList())
            {
                underWay.Remove(ended);
                ended.Pass.Dispose();
            }
            clock.Advance(Step);
        }
        arrivals.Sort();
        return arrivals;
    }

    private static int MostWithin(List<TimeSpan> arrivals, TimeSpan window) =>
        arrivals.Select((arrival, first) => arrivals.Skip(first).TakeWhile(later => later - arrival < window).Count()).Max();
}

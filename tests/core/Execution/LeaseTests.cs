using DevOpsAI.Common;
using DevOpsAI.Execution;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>
/// A claim outlasts every action that is sent under it: otherwise another bot takes the run over while a request is on its way.
/// </summary>
public sealed class LeaseTests
{
    public static TheoryData<int, int> MarginsAndPauses
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (var margin in new[] { 10, 30, 59, 60, 61, 120, 3600 })
            {
                foreach (var pause in new[] { 0, 1, 30, 90, 200, 7200 })
                    data.Add(margin, pause);
            }
            return data;
        }
    }

    /// <param name="margin">Seconds of <see cref="ExecutionOptions.LeaseMargin"/>.</param>
    /// <param name="pause">Seconds that go by after each step, as when the ledger is away.</param>
    [Theory]
    [MemberData(nameof(MarginsAndPauses))]
    public async Task Whenever_an_action_is_announced_the_lease_has_its_time_limit_and_a_reserve_left(int margin, int pause)
    {
        using var scene = new ExecutionScene { Options = { LeaseMargin = TimeSpan.FromSeconds(margin) } };
        var reserve = TimeSpan.FromSeconds(Math.Min(margin / 2.0, 30));
        var steps = new[] { TurnOn("a"), TurnOn("b"), TurnOn("c") };
        await scene.ApproveAsync(steps);
        List<TimeSpan> left = [];
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded)
                scene.Clock.Advance(TimeSpan.FromSeconds(pause));
            if (point == Failpoint.StepAnnounced)
                left.Add(scene.Facts<ExecutionStarted>()[^1].LeaseUntil - scene.Clock.GetUtcNow());
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        left.Count.ShouldBe(steps.Length);
        var limit = scene.Vendor.Actions["lamp.on"].Timeout;
        left.ShouldAllBe(time => time >= limit + reserve);
        scene.Crash.Seen.Count(point => point == Failpoint.ExecutionRenewed)
            .ShouldBeLessThanOrEqualTo(steps.Length, "renewed once for an action, not for ever");
    }

    /// <param name="margin">Seconds of <see cref="ExecutionOptions.LeaseMargin"/>.</param>
    /// <param name="pause">Seconds that recording the announcement takes, as when the ledger is slow or the machine stands still.</param>
    [Theory]
    [MemberData(nameof(MarginsAndPauses))]
    public async Task However_long_it_takes_to_announce_an_action_it_is_sent_under_a_lease_that_outlasts_it(int margin, int pause)
    {
        using var scene = new ExecutionScene { Options = { LeaseMargin = TimeSpan.FromSeconds(margin) } };
        var reserve = TimeSpan.FromSeconds(Math.Min(margin / 2.0, 30));
        var steps = new[] { TurnOn("a"), TurnOn("b"), TurnOn("c") };
        await scene.ApproveAsync(steps);
        HashSet<int> slow = [];
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepStarting && slow.Add(scene.Vendor.Calls))
                scene.Clock.Advance(TimeSpan.FromSeconds(pause));
        };
        List<TimeSpan> left = [];
        scene.Vendor.Acting = _ =>
        {
            left.Add(scene.Facts<ExecutionStarted>()[^1].LeaseUntil - scene.Clock.GetUtcNow());
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        left.Count.ShouldBe(steps.Length);
        var limit = scene.Vendor.Actions["lamp.on"].Timeout;
        left.ShouldAllBe(time => time >= limit + reserve);
        scene.Facts<StepStarted>().Count.ShouldBe(steps.Length, "announced once");
    }

    [Fact]
    public async Task A_bot_that_was_taken_over_while_it_announced_an_action_does_not_send_it()
    {
        using var scene = new ExecutionScene();
        await scene.ApproveAsync(TurnOn("a"));
        var first = scene.Start();
        scene.Crash.Reaching = point =>
        {
            if (point != Failpoint.StepStarting)
                return;
            scene.Crash.Reaching = null;
            scene.Ledger.Appended = async () =>
            {
                scene.Restart();
                await scene.RunAsync();
            };
        };
        await first.RunAsync(Contoso, Id, TestContext.Current.CancellationToken);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_lease_that_is_long_enough_is_not_renewed()
    {
        using var scene = new ExecutionScene();
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionStarted>().ShouldHaveSingleItem();
        scene.Crash.Seen.ShouldNotContain(Failpoint.ExecutionRenewed);
    }

    [Fact]
    public async Task A_rollback_renews_it_as_well()
    {
        using var scene = new ExecutionScene { Options = { LeaseMargin = TimeSpan.FromSeconds(10) } };
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        TimeSpan? left = null;
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded)
                scene.Clock.Advance(TimeSpan.FromMinutes(10));
            if (point == Failpoint.RollbackAnnounced)
                left = scene.Facts<ExecutionStarted>()[^1].LeaseUntil - scene.Clock.GetUtcNow();
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        left.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(scene.Vendor.Actions["lamp.off"].Timeout + TimeSpan.FromSeconds(5));
    }
}

using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>Bots that end in the middle, and the ones that go on.</summary>
public sealed class TakeoverTests : IDisposable
{
    private readonly ExecutionScene scene = new();

    public void Dispose() => scene.Dispose();

    public static TheoryData<string> Points() =>
    [
        Failpoint.ExecutionClaiming, Failpoint.ExecutionClaimed, Failpoint.DriftChecked, Failpoint.StepStarting, Failpoint.StepAnnounced,
        Failpoint.StepActed,
        Failpoint.StepObserved, Failpoint.StepRecorded, Failpoint.ExecutionFinishing, Failpoint.ExecutionFinished,
    ];

    [Theory, MemberData(nameof(Points))]
    public async Task A_crash_at_any_point_ends_in_one_effect_and_one_outcome(string point)
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Crash.At = point;
        await scene.RunUntilDoneAsync();
        scene.Crash.Seen.ShouldContain(point);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1"]);
        scene.Facts<StepFinished>().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(Failpoint.RollbackStarting)]
    [InlineData(Failpoint.RollbackAnnounced)]
    [InlineData(Failpoint.RollbackActed)]
    [InlineData(Failpoint.RollbackRecorded)]
    public async Task A_crash_while_taking_back_takes_back_once(string point)
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Crash.At = point;
        await scene.RunUntilDoneAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().RolledBack.ShouldBeTrue();
        scene.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-0-r"]);
    }

    [Fact]
    public async Task A_living_instance_is_left_alone_until_its_lease_ends()
    {
        scene.OthersAreGone = false;
        await scene.ApproveAsync(TurnOn("a"));
        scene.Crash.At = Failpoint.StepActed;
        await Should.ThrowAsync<CrashException>(() => scene.RunAsync());
        var lease = scene.Facts<ExecutionStarted>().ShouldHaveSingleItem().LeaseUntil;
        scene.Restart();
        await scene.RunAsync(TestContext.Current.CancellationToken);
        var taken = scene.Ledger.Entries(Contoso).Last(entry => entry.Fact is ExecutionStarted);
        taken.At.ShouldBeGreaterThanOrEqualTo(lease);
        scene.Facts<ExecutionStarted>().Select(claim => claim.ExecutionId).ShouldBe(["CON-1001-x1", "CON-1001-x1"]);
        scene.Vendor.Effects.Count.ShouldBe(1);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
    }

    [Fact]
    public async Task An_instance_that_was_taken_over_neither_acts_nor_records()
    {
        // It sleeps on a clock of its own: time that passes for the other one does not end its wait for the vendor.
        var clock = new ManualClock();
        using var asleep = new ExecutionScene(clock);
        await asleep.ApproveAsync(TurnOn("a"), TurnOn("b"));
        var sleeping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        asleep.Vendor.Acting = _ => asleep.Vendor.Calls == 1 ? sleeping.Task : Task.CompletedTask;
        var run = asleep.RunAsync(TestContext.Current.CancellationToken);
        asleep.Vendor.Calls.ShouldBe(1);
        asleep.Restart();
        await asleep.Start(new InstantClock(clock.GetUtcNow())).RunAsync(Contoso, Id, TestContext.Current.CancellationToken);
        asleep.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        sleeping.SetResult();
        await run;
        asleep.Facts<ExecutionFinished>().Count.ShouldBe(1);
        asleep.Vendor.Calls.ShouldBe(3);
        asleep.Vendor.Effects.Count(effect => effect.Operation == "CON-1001-x1-1").ShouldBe(1);
    }

    [Fact]
    public async Task A_taken_over_step_that_nobody_can_clear_up_is_handed_to_a_person()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Memory = VendorMemory.CannotTell;
        scene.Crash.At = Failpoint.StepAnnounced;
        await scene.RunUntilDoneAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Unknown);
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData(Failpoint.ExecutionClaimed)]
    [InlineData(Failpoint.DriftChecked)]
    [InlineData(Failpoint.StepStarting)]
    [InlineData(Failpoint.StepRecorded)]
    public async Task What_was_certainly_not_sent_is_sent_even_where_the_vendor_cannot_tell(string point)
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Memory = VendorMemory.CannotTell;
        scene.Crash.At = point;
        await scene.RunUntilDoneAsync();
        scene.Crash.Seen.ShouldContain(point);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1"]);
        scene.Facts<StepStarted>().Select(step => step.OperationId).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1"]);
    }

    [Fact]
    public async Task A_run_that_an_earlier_version_began_without_announcing_is_looked_up()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.AppendAsync(StreamId.Proposal(Id),
            new ExecutionStarted(Id, 1, "CON-1001-x1", "seal1", "an older bot", scene.Clock.GetUtcNow()));
        scene.Vendor.Memory = VendorMemory.CannotTell;
        await scene.RunUntilDoneAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Unknown);
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Every_action_is_on_record_before_the_vendor_hears_of_it()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Vendor.Acting = call =>
        {
            scene.Facts<StepStarted>().ShouldContain(step => step.OperationId == call.OperationId);
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<StepStarted>().Select(step => step.OperationId).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1", "CON-1001-x1-0-r"]);
    }

    [Fact]
    public async Task A_freeze_between_the_guard_and_the_announcement_is_seen()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Crash.Reaching = point =>
        {
            if (point != Failpoint.StepStarting || scene.Facts<FreezeSet>().Count > 0)
                return;
            scene.AppendAsync(StreamId.Freeze, new FreezeSet("Stop.")).GetAwaiter().GetResult();
            scene.Allowed.RefuseAfter = 0;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Stopped);
        scene.Vendor.Calls.ShouldBe(0);
        scene.Facts<StepStarted>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_freeze_set_while_the_bot_was_away_lets_nothing_new_happen_but_records_what_did()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Crash.At = Failpoint.StepActed;
        await Should.ThrowAsync<CrashException>(() => scene.RunAsync());
        scene.Restart();
        scene.Allowed.RefuseAfter = 0;
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<StepFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(StepOutcome.Applied);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Stopped);
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_bots_at_once_make_one_run()
    {
        var clock = new ManualClock();
        using var race = new ExecutionScene(clock) { OthersAreGone = false };
        await race.ApproveAsync(TurnOn("a"), TurnOn("b"));
        var one = race.Start();
        race.Restart();
        var other = race.Start();
        var both = Task.WhenAll(
            Task.Run(() => one.RunAsync(Contoso, Id, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken),
            Task.Run(() => other.RunAsync(Contoso, Id, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken));
        while (race.Facts<ExecutionFinished>().Count == 0)
            await Task.Yield();
        // The one that came second may be waiting for the first; only now does time go on.
        while (!both.IsCompleted)
        {
            if (clock.WaitingTimers > 0)
                clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        await both;
        race.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        race.Facts<ExecutionStarted>().ShouldHaveSingleItem();
        race.Vendor.Effects.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_claim_that_an_action_could_outlast_is_renewed_first()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Acting = call =>
        {
            if (call.OperationId == "CON-1001-x1-0")
                scene.Clock.Advance(TimeSpan.FromMinutes(10));
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Crash.Seen.ShouldContain(Failpoint.ExecutionRenewed);
        var claims = scene.Facts<ExecutionStarted>();
        claims.Count.ShouldBe(2);
        claims[1].Instance.ShouldBe(claims[0].Instance);
        claims[1].LeaseUntil.ShouldBeGreaterThan(claims[0].LeaseUntil);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(2);
    }
}

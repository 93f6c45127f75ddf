using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>A vendor that is busy, loses answers, cannot be looked at or acts late.</summary>
public sealed class DifficultVendorTests : IDisposable
{
    private readonly ExecutionScene scene = new();

    public void Dispose() => scene.Dispose();

    private ExecutionFinished Finished => scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();

    [Fact]
    public async Task A_busy_vendor_is_asked_again_and_acts_once()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndSaysSo);
        scene.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndSaysSo);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Calls.ShouldBe(3);
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_vendor_that_stays_busy_ends_in_failed()
    {
        await scene.ApproveAsync(TurnOn("a"));
        foreach (var _ in Enumerable.Range(0, 20))
            scene.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndSaysSo);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        Finished.Summary.ShouldContain("Certainly not done after 5 attempts");
        scene.Vendor.Effects.ShouldBeEmpty();
        (await scene.IncidentAsync()).IsOpen.ShouldBeTrue();
    }

    [Theory]
    [InlineData(VendorMood.DoesAndLosesTheAnswer)]
    [InlineData(VendorMood.DoesNothingAndLosesTheAnswer)]
    [InlineData(VendorMood.DoesAndThrows)]
    [InlineData(VendorMood.Hangs)]
    public async Task A_lost_answer_is_looked_up_and_ends_in_one_effect(VendorMood mood)
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Moods.Enqueue(mood);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(VendorMemory.CannotTell)]
    [InlineData(VendorMemory.IsAway)]
    public async Task A_lost_answer_that_nobody_can_clear_up_is_handed_to_a_person(VendorMemory memory)
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Memory = memory;
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndLosesTheAnswer);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Unknown);
        Finished.Summary.ShouldContain("step 2 of 2");
        Finished.Summary.ShouldContain("Done and not taken back: step 1.");
        scene.Vendor.Calls.ShouldBe(2, "it is never repeated");
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Unknown);
    }

    [Fact]
    public async Task A_lost_answer_whose_effect_shows_is_applied_even_when_the_vendor_cannot_tell()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Memory = VendorMemory.CannotTell;
        scene.Vendor.Moods.Enqueue(VendorMood.DoesAndLosesTheAnswer);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Facts<StepFinished>().ShouldHaveSingleItem().Detail.ShouldContain("answer was lost");
    }

    [Fact]
    public async Task An_effect_that_does_not_show_is_failed_rather_than_done()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Moods.Enqueue(VendorMood.SaysDoneWithoutEffect);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        Finished.Summary.ShouldContain("lamp.a.state is off, not == on");
    }

    [Fact]
    public async Task A_vendor_that_cannot_be_looked_at_before_acting_means_nothing_is_done()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.BlindFor = 1000;
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_short_blindness_is_waited_out()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.BlindFor = 3;
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
    }

    [Fact]
    public async Task An_effect_that_cannot_be_read_back_is_unknown()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Acting = _ =>
        {
            scene.Vendor.BlindFor = 10_000;
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Unknown);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task What_the_vendor_does_after_we_gave_up_waiting_is_not_done_again(int hoursTheClockIsSetBy)
    {
        var clock = new ManualClock();
        using var slow = new ExecutionScene(time: clock);
        await slow.ApproveAsync(TurnOn("a"));
        var letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Vendor.Acting = _ => letGo.Task;
        var run = slow.RunAsync(TestContext.Current.CancellationToken);

        await clock.PassUntilAsync(() => run.IsCompleted || slow.Vendor.LookUps > 0, TimeSpan.FromSeconds(1),
            TestContext.Current.CancellationToken);
        clock.Jump(TimeSpan.FromHours(hoursTheClockIsSetBy));
        await clock.PassUntilAsync(() => run.IsCompleted || slow.Vendor.LookUps > 2, TimeSpan.FromSeconds(1),
            TestContext.Current.CancellationToken);
        // The time limit is over, and the vendor has said more than once that it was not done. Now it does it, and only then does time go
        // on.
        letGo.SetResult();
        while (slow.Vendor.Effects.Count == 0)
            await Task.Yield();
        await clock.PassUntilAsync(() => run.IsCompleted, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        await run;
        slow.Vendor.LookUps.ShouldBeGreaterThan(2);
        slow.Vendor.Effects.ShouldHaveSingleItem();
        slow.Vendor.Calls.ShouldBe(1);
        slow.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
    }
}

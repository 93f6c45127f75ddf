using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>A step that fails takes the ones before it back, as far as they can be taken back.</summary>
public sealed class RollbackTests : IDisposable
{
    private readonly ExecutionScene scene = new();

    public void Dispose() => scene.Dispose();

    private ExecutionFinished Finished => scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();

    [Fact]
    public async Task A_failed_step_takes_the_ones_before_it_back_in_reverse()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"), TurnOn("c"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        Finished.RolledBack.ShouldBeTrue();
        Finished.UndoUntil.ShouldBeNull();
        Finished.Summary.ShouldBe("Failed: step 3 of 3 (Turn on c): Refused: Not allowed. The steps before it were taken back.");
        scene.Vendor.Effects.Select(effect => effect.Operation)
            .ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1", "CON-1001-x1-1-r", "CON-1001-x1-0-r"]);
        scene.Vendor.Get("hall", "lamp.a.state").ShouldBe("off");
    }

    [Fact]
    public async Task A_rollback_without_effect_is_seen_and_named()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Vendor.Moods.Enqueue(VendorMood.SaysDoneWithoutEffect);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        Finished.RolledBack.ShouldBeFalse();
        Finished.Summary.ShouldBe(
            "Failed: step 2 of 2 (Turn on b): Refused: Not allowed. Taking back step 1 failed too: Done. But lamp.a.state is on, not == "
            + "off. Done and not taken back: step 1.");
        scene.Facts<StepFinished>()[^1].ShouldSatisfyAllConditions(
            last => last.Rollback.ShouldBeTrue(),
            last => last.Outcome.ShouldBe(StepOutcome.Failed));
    }

    [Fact]
    public async Task A_rollback_whose_effect_cannot_be_read_is_unknown()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Vendor.Acting = call =>
        {
            if (call.OperationId.EndsWith("-r", StringComparison.Ordinal))
                scene.Vendor.BlindFor = 10_000;
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Unknown);
        Finished.RolledBack.ShouldBeFalse();
        Finished.Summary.ShouldBe(
            "Outcome unknown: taking back step 1 of 2 (Turn on a): Done. Its effect could not be read back. It will not be repeated; a "
            + "person must look. Done and not taken back: step 1.");
    }

    [Fact]
    public async Task A_rollback_whose_answer_was_lost_is_settled_by_looking()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Memory = VendorMemory.CannotTell;
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Vendor.Moods.Enqueue(VendorMood.DoesAndLosesTheAnswer);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        Finished.RolledBack.ShouldBeTrue();
        scene.Vendor.Get("hall", "lamp.a.state").ShouldBe("off");
    }

    [Fact]
    public async Task A_failure_after_a_step_that_cannot_be_taken_back_leaves_and_names_what_was_done()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b", action: "lamp.break", rollback: null), TurnOn("c"));
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.RolledBack.ShouldBeFalse();
        Finished.Summary.ShouldEndWith("Done and not taken back: step 1, 2.");
        scene.Vendor.Effects.Count.ShouldBe(2);
    }
}

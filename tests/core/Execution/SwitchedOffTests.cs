using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Gates;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>What a connection may not do any more is not done, however far its plan has come.</summary>
public sealed class SwitchedOffTests
{
    private static readonly GatePolicy Asks = APolicy.With();

    [Fact]
    public async Task What_is_switched_off_when_it_comes_to_its_gate_is_for_people()
    {
        using var scene = new GuardedScene(Asks);
        scene.MayDo("none");
        var staged = await scene.StageAsync(TurnOn("a"));
        staged.Terms.Level.ShouldBe(GateLevel.L3);
        staged.Terms.Reasons.ShouldContain("lamp.on is switched off on contoso-scripted.");
    }

    [Fact]
    public async Task Switched_off_after_the_approval_it_is_not_begun()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"));
        await scene.ApproveAsync();
        scene.MayDo("lamp.flash");
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Summary.ShouldBe(
            "Stopped before anything was done. lamp.on is switched off on contoso-scripted.");
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Switched_off_between_two_steps_it_stops_before_the_second()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        await scene.ApproveAsync();
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded)
                scene.MayDo("none");
        };
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Summary.ShouldBe(
            "Stopped. lamp.on is switched off on contoso-scripted. Done and not taken back: step 1.");
        scene.Vendor.Effects.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Switched_off_after_the_guard_was_asked_it_is_refused_at_the_vendors_door()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"));
        await scene.ApproveAsync();
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepAnnounced)
                scene.MayDo("none");
        };
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Summary.ShouldContain("Refused: lamp.on is switched off");
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task What_takes_an_enabled_action_back_may_be_done()
    {
        using var scene = new GuardedScene(Asks);
        scene.MayDo("lamp.on");
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        await scene.ApproveAsync();
        scene.Vendor.Moods.Enqueue(Support.VendorMood.Does);
        scene.Vendor.Moods.Enqueue(Support.VendorMood.Refuses);
        await scene.RunAsync();
        scene.Facts<StepFinished>().ShouldContain(static step => step.Rollback && step.Outcome == StepOutcome.Applied);
    }
}

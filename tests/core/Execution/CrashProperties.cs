using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>Whatever the vendor does and whenever the bot ends: never two effects, never a lost one, and a record that says so.</summary>
public sealed class CrashProperties
{
    private sealed record Story(VendorMood[] Moods, VendorMemory Memory, int[] CrashAfter, int Steps, bool LastCannotBeTakenBack,
        bool Verified)
    {
        public override string ToString() =>
            $"{Steps} steps, moods [{string.Join(' ', Moods)}], memory {Memory}, crashes after [{string.Join(' ', CrashAfter)}], break "
            + $"{LastCannotBeTakenBack}, verified {Verified}";
    }

    private static readonly Gen<Story> Stories =
        from moods in Gen.Frequency<VendorMood>((5, Gen.Constant(VendorMood.Does)), (4, Gen.Elements(Enum.GetValues<VendorMood>())))
            .ArrayOf(8)
        from memory in Gen.Frequency<VendorMemory>(
            (3, Gen.Constant(VendorMemory.Knows)), (1, Gen.Elements(VendorMemory.CannotTell, VendorMemory.IsAway)))
        from crashes in Gen.Choose(1, 14).ListOf()
        from steps in Gen.Choose(1, 3)
        from broken in Gen.Elements(true, false)
        from verified in Gen.Frequency<bool>((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        select new Story(moods, memory, [.. crashes.Take(5)], steps, broken, verified);

    [Fact]
    public void Never_two_effects_and_never_a_lost_one() =>
        Prop.ForAll(Stories.ToArbitrary(), story => CheckAsync(story).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static async Task CheckAsync(Story story)
    {
        using var scene = new ExecutionScene();
        var steps = Enumerable.Range(0, story.Steps)
            .Select(i => i == story.Steps - 1 && story.LastCannotBeTakenBack
                ? TurnOn($"l{i}", action: "lamp.break", rollback: null, verified: story.Verified)
                : TurnOn($"l{i}", verified: story.Verified))
            .ToArray();
        await scene.ApproveAsync(steps);
        foreach (var mood in story.Moods)
            scene.Vendor.Moods.Enqueue(mood);
        foreach (var crash in story.CrashAfter)
            scene.Crash.After.Enqueue(crash);
        scene.Vendor.Memory = story.Memory;
        scene.Vendor.Acting = _ =>
        {
            scene.Facts<ExecutionStarted>().ShouldNotBeEmpty();
            scene.Facts<ExecutionFinished>().ShouldBeEmpty();
            return Task.CompletedTask;
        };

        await scene.RunUntilDoneAsync();
        await scene.RunUntilDoneAsync();

        var finished = scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        var recorded = scene.Facts<StepFinished>();
        var effects = scene.Vendor.Effects.CountBy(effect => effect.Operation).ToDictionary();
        effects.Values.Where(static count => count != 1).ShouldBeEmpty("the vendor counts more than one effect of an operation");
        recorded.Select(step => step.OperationId).ShouldBeUnique();
        effects.Keys.ShouldBeSubsetOf(recorded.Select(step => step.OperationId), "an effect is not on record");
        foreach (var step in recorded.Where(step => step.Outcome is StepOutcome.Skipped))
            effects.ShouldNotContainKey(step.OperationId);
        // Without verification "done" is all that a vendor's own word can prove.
        if (story.Verified)
        {
            foreach (var step in recorded.Where(step => step is { Outcome: StepOutcome.Applied, Rollback: false }))
                effects.ShouldContainKey(step.OperationId, "an applied step left no effect");
        }
        if (finished.Outcome == ExecutionOutcome.Verified && story.Verified)
        {
            effects.Count.ShouldBe(story.Steps);
            foreach (var step in steps)
                scene.Vendor.Get("hall", step.Verifications[0].Observation).ShouldBe(step.Verifications[0].Value);
        }
        if (finished.Outcome is ExecutionOutcome.Drifted or ExecutionOutcome.Stopped)
            effects.ShouldBeEmpty();
        (await scene.IncidentAsync()).IsOpen.ShouldBe(finished.Outcome != ExecutionOutcome.Verified);
    }
}

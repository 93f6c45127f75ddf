using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

public sealed class ExecutorTests : IDisposable
{
    private readonly ExecutionScene scene = new();

    public void Dispose() => scene.Dispose();

    private ExecutionFinished Finished => scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();

    [Fact]
    public async Task An_approved_plan_is_done_verified_and_closes_its_incident()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        await scene.RunAsync(TestContext.Current.CancellationToken);

        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        Finished.Summary.ShouldBe("All 2 steps are done and verified.");
        Finished.Changes.ShouldBe([new("HALL lamp.a.state", "off", "on"), new("HALL lamp.b.state", "off", "on")]);
        Finished.UndoUntil.ShouldNotBeNull();
        scene.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1"]);
        var incident = await scene.IncidentAsync();
        incident.Phase.ShouldBe(IncidentPhase.Verified);
        incident.ClosedReason.ShouldBe("verified");
        var entries = scene.Ledger.Entries(Contoso);
        entries.Select(entry => entry.Type).ShouldBe([
            "incident.opened", "proposal.staged", "proposal.decided", "execution.started",
            "step.started", "step.finished", "step.started", "step.finished", "execution.finished", "incident.closed",
        ]);
        entries[3].Causation.ShouldBe(entries[2].Seq, "the claim names the decision that allows it");
    }

    [Fact]
    public async Task The_claim_is_on_record_before_the_vendor_is_called()
    {
        await scene.ApproveAsync(TurnOn("a"));
        var claimed = -1;
        scene.Vendor.Acting = _ =>
        {
            claimed = scene.Facts<ExecutionStarted>().Count;
            return Task.CompletedTask;
        };
        await scene.RunAsync(TestContext.Current.CancellationToken);
        claimed.ShouldBe(1);
    }

    [Fact]
    public async Task Running_again_does_nothing()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Vendor.Effects.Count.ShouldBe(1);
        scene.Facts<ExecutionStarted>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_runs_by_itself_names_its_staging()
    {
        await scene.AppendAsync(StreamId.Incident(Id), new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a");
        await scene.StageAsync(GateLevel.L1, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Ledger.Entries(Contoso).Single(entry => entry.Fact is ExecutionStarted).Causation.ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_runs_before_it_is_approved_or_at_L3()
    {
        await scene.AppendAsync(StreamId.Incident(Id), new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a");
        await scene.StageAsync(GateLevel.L3, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionStarted>().ShouldBeEmpty();

        await scene.AppendAsync(StreamId.Proposal(Id), new ProposalDecided(Id, 1, DecisionKind.Approve, "seal1", null, null, null, Complete: true));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_changed_world_is_drift_and_nothing_runs()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Vendor.Put("hall", "lamp.b.state", "on");
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Drifted);
        Finished.Changes.ShouldBe([new("HALL lamp.b.state", "off", "on")]);
        scene.Vendor.Calls.ShouldBe(0);
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Drafting);
    }

    [Fact]
    public async Task A_precondition_that_an_earlier_step_brings_about_is_no_drift()
    {
        var off = TurnOn("a") with { Action = "lamp.off", Title = "Turn off a", Preconditions = [new("lamp.a.state", "==", "on")], Verifications = [new("lamp.a.state", "==", "off")] };
        await scene.ApproveAsync(TurnOn("a"), off);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(2);
    }

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
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Unknown);
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
        scene.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-1", "CON-1001-x1-1-r", "CON-1001-x1-0-r"]);
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
            "Failed: step 2 of 2 (Turn on b): Refused: Not allowed. Taking back step 1 failed too: Done. But lamp.a.state is on, not == off. Done and not taken back: step 1.");
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
            "Outcome unknown: taking back step 1 of 2 (Turn on a): Done. Its effect could not be read back. It will not be repeated; a person must look. Done and not taken back: step 1.");
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

    [Fact]
    public async Task A_freeze_before_the_claim_stops_it_with_nothing_done()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Allowed.RefuseAfter = 0;
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        Finished.Summary.ShouldContain("Contoso is frozen.");
        scene.Vendor.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_freeze_between_two_steps_stops_the_line_and_names_what_was_done()
    {
        await scene.ApproveAsync(TurnOn("a"), TurnOn("b"));
        scene.Allowed.RefuseAfter = 2;
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        Finished.Summary.ShouldBe("Stopped. Contoso is frozen. Done and not taken back: step 1.");
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_ledger_that_is_away_after_the_vendor_acted_is_waited_for()
    {
        await scene.ApproveAsync(TurnOn("a"));
        scene.Vendor.Acting = _ =>
        {
            scene.Ledger.Unavailable = true;
            return Task.CompletedTask;
        };
        var run = Task.Run(() => scene.RunAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        while (scene.Vendor.Effects.Count == 0 || scene.Vendor.Reads < 2)
            await Task.Yield();
        run.IsCompleted.ShouldBeFalse();
        scene.Ledger.Unavailable = false;
        await run;
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_vendor_does_after_we_gave_up_waiting_is_not_done_again()
    {
        var clock = new ManualClock();
        var slow = new ExecutionScene(time: clock);
        await slow.ApproveAsync(TurnOn("a"));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Vendor.Acting = _ => done.Task;
        var run = slow.RunAsync(TestContext.Current.CancellationToken);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            // The time limit is over, and the vendor has said more than once that it was not done.
            if (slow.Vendor.LookUps > 2)
                done.TrySetResult();
        }
        await run;
        slow.Vendor.LookUps.ShouldBeGreaterThan(2);
        slow.Vendor.Effects.ShouldHaveSingleItem();
        slow.Vendor.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task An_undo_runs_its_own_plan_and_leaves_the_incident_closed()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        var back = TurnOn("a") with { Action = "lamp.off", Title = "Turn off a", Preconditions = [new("lamp.a.state", "==", "on")], Verifications = [new("lamp.a.state", "==", "off")] };
        await scene.StageAsync(GateLevel.L2, ProposalKind.Undo, 2, back);
        await scene.AppendAsync(StreamId.Proposal(Id), new ProposalDecided(Id, 2, DecisionKind.Approve, "seal2", null, null, null, Complete: true), Ana.AsActor());
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects[^1].ShouldBe(("CON-1001-u1-0", "lamp.off", "hall"));
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Undone);
        scene.Facts<IncidentClosed>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_drifted_undo_leaves_the_remedy_as_it_was()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        await scene.StageAsync(GateLevel.L1, ProposalKind.Undo, 2, TurnOn("a") with { Action = "lamp.off", Preconditions = [new("lamp.a.state", "==", "on")] });
        scene.Vendor.Put("hall", "lamp.a.state", "broken");
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Drifted);
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Verified);
    }

    [Fact]
    public async Task Approved_edits_are_what_runs()
    {
        await scene.AppendAsync(StreamId.Incident(Id), new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a", "b");
        await scene.StageAsync(GateLevel.L2, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.AppendAsync(StreamId.Proposal(Id), new ProposalDecided(Id, 1, DecisionKind.ApproveWithEdits, "sealE", null, new([TurnOn("b")]), null, Complete: true));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Vendor.Get("hall", "lamp.a.state").ShouldBe("off");
        scene.Vendor.Get("hall", "lamp.b.state").ShouldBe("on");
        scene.Facts<ExecutionStarted>().ShouldHaveSingleItem().Seal.ShouldBe("sealE");
    }
}

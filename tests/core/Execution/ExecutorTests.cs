using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
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
        incident.Phase.ShouldBe(ProposalPhase.Verified);
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
        await scene.AppendAsync(StreamId.Incident(Id),
            new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a");
        await scene.StageAsync(GateLevel.L1, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Ledger.Entries(Contoso).Single(entry => entry.Fact is ExecutionStarted).Causation.ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_runs_before_it_is_approved_or_at_L3()
    {
        await scene.AppendAsync(StreamId.Incident(Id),
            new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a");
        await scene.StageAsync(GateLevel.L3, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<ExecutionStarted>().ShouldBeEmpty();

        await scene.AppendAsync(StreamId.Proposal(Id),
            new ProposalDecided(Id, 1, DecisionKind.Approve, "seal1", null, null, null, Complete: true));
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
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Drafting);
    }

    [Fact]
    public async Task A_precondition_that_an_earlier_step_brings_about_is_no_drift()
    {
        var off = TurnOn("a") with { Action = "lamp.off", Command = "lamp.off a", Title = "Turn off a",
            Preconditions = [new("lamp.a.state", "==", "on")], Verifications = [new("lamp.a.state", "==", "off")] };
        await scene.ApproveAsync(TurnOn("a"), off);
        await scene.RunAsync(TestContext.Current.CancellationToken);
        Finished.Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(2);
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
    public async Task An_undo_runs_its_own_plan_and_leaves_the_incident_closed()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        var back = TurnOn("a") with { Action = "lamp.off", Command = "lamp.off a", Title = "Turn off a",
            Preconditions = [new("lamp.a.state", "==", "on")], Verifications = [new("lamp.a.state", "==", "off")] };
        await scene.StageAsync(GateLevel.L2, ProposalKind.Undo, 2, back);
        await scene.AppendAsync(StreamId.Proposal(Id),
            new ProposalDecided(Id, 2, DecisionKind.Approve, "seal2", null, null, null, Complete: true), Ana.AsActor());
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects[^1].ShouldBe(("CON-1001-u1-0", "lamp.off", "hall"));
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Undone);
        scene.Facts<IncidentClosed>().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    public async Task An_undo_opens_the_incident_again_while_its_alert_fires(bool fires, bool endedSince, bool open)
    {
        if (fires)
            await scene.AppendAsync(StreamId.Event("E-1"), Dark(EventStatus.Firing, "E-1"));
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        if (endedSince)
            await scene.AppendAsync(StreamId.Event("E-2"), Dark(EventStatus.Resolved, "E-2"));
        await TakeBackAsync();
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Facts<IncidentReopened>().Count.ShouldBe(open ? 1 : 0);
        var incident = await scene.IncidentAsync();
        (incident.IsOpen, incident.ClosedReason, incident.Phase).ShouldBe((open, open ? null : "verified", ProposalPhase.Undone));
        var state = await new TenantStates(scene.Ledger, CoreFeatures.Catalog).GetAsync(
            ExecutionScene.Contoso, TestContext.Current.CancellationToken);
        state.OpenByKey.ContainsValue(Id).ShouldBe(open, "what fires again belongs to it");
    }

    [Fact]
    public async Task An_alert_that_a_later_incident_has_taken_over_opens_nothing_again()
    {
        await scene.AppendAsync(StreamId.Event("E-1"), Dark(EventStatus.Firing, "E-1"));
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        await scene.AppendAsync(StreamId.Event("E-2"), Dark(EventStatus.Firing, "E-2"));
        await scene.AppendAsync(StreamId.Incident(Con(1002)),
            new IncidentOpened(Con(1002), "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-2"));
        await TakeBackAsync();
        scene.Facts<UndoFinished>().ShouldHaveSingleItem();
        scene.Facts<IncidentReopened>().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_undo_that_nobody_knows_the_end_of_is_somebodys_to_see_to()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndLosesTheAnswer);
        scene.Vendor.Memory = VendorMemory.CannotTell;
        await TakeBackAsync();
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Unknown);
        var incident = await scene.IncidentAsync();
        (incident.IsOpen, incident.IsLeftToPeople, incident.CanBeDraftedAgain).ShouldBe((true, true, true));
    }

    private async Task TakeBackAsync()
    {
        var back = TurnOn("a") with { Action = "lamp.off", Command = "lamp.off a", Title = "Turn off a",
            Preconditions = [new("lamp.a.state", "==", "on")], Verifications = [new("lamp.a.state", "==", "off")] };
        await scene.StageAsync(GateLevel.L1, ProposalKind.Undo, 2, back);
        await scene.RunAsync(TestContext.Current.CancellationToken);
    }

    private static EventReceived Dark(EventStatus status, string id) => new(
        id, "contoso-alertmanager", id, status, Severity.Error, "Dark", "HALL", "Dark", null, "dark-alert", "dark|hall", "dark", default,
        false, new Dictionary<string, string>());

    [Fact]
    public async Task A_drifted_undo_leaves_the_remedy_as_it_was()
    {
        await scene.ApproveAsync(TurnOn("a"));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        await scene.StageAsync(GateLevel.L1, ProposalKind.Undo, 2,
            TurnOn("a") with { Action = "lamp.off", Preconditions = [new("lamp.a.state", "==", "on")] });
        scene.Vendor.Put("hall", "lamp.a.state", "broken");
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Facts<UndoFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Drifted);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Verified);
    }

    [Fact]
    public async Task Approved_edits_are_what_runs()
    {
        await scene.AppendAsync(StreamId.Incident(Id),
            new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        scene.LampsAreOff("a", "b");
        await scene.StageAsync(GateLevel.L2, ProposalKind.Remedy, 1, TurnOn("a"));
        await scene.AppendAsync(StreamId.Proposal(Id),
            new ProposalDecided(Id, 1, DecisionKind.ApproveWithEdits, "sealE", null, new([TurnOn("b")]), null, Complete: true));
        await scene.RunAsync(TestContext.Current.CancellationToken);
        scene.Vendor.Get("hall", "lamp.a.state").ShouldBe("off");
        scene.Vendor.Get("hall", "lamp.b.state").ShouldBe("on");
        scene.Facts<ExecutionStarted>().ShouldHaveSingleItem().Seal.ShouldBe("sealE");
    }
}

using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class UndoTests
{
    [Fact]
    public async Task An_approvers_press_takes_the_steps_back_in_reverse()
    {
        var scene = await VerifiedAsync("service.start", "disk.cleanup", "service.restart");
        (await scene.UndoAsync(Ada)).Message.ShouldBe("CON-1001 cannot be undone: there is no way back for \"service.restart Spooler\".");

        scene = await VerifiedAsync("service.start", "disk.cleanup");
        var result = await scene.UndoAsync(Ada);
        result.Message.ShouldBe("CON-1001 is being undone.");
        var staged = result.Incident!.Staged!;
        staged.Kind.ShouldBe(ProposalKind.Undo);
        staged.Revision.ShouldBe(2);
        staged.Requester.ShouldBe(Ada.AsActor());
        staged.Terms.Level.ShouldBe(GateLevel.L1);
        staged.Plan.Steps.Select(step => step.Command).ShouldBe(["Restore-Disk C: on SRV-FILE01", "Stop-Service 'Spooler' on SRV-FILE01"]);
        staged.Plan.Steps[1].Preconditions.ShouldBe([new("service.Spooler.state", "==", "running")]);
        staged.Plan.Steps[1].Verifications.ShouldBe([new("service.Spooler.state", "==", "stopped")]);
        staged.Plan.Steps[1].Rollback.ShouldBe("service.start");
        result.Incident.Phase.ShouldBe(ProposalPhase.Approved);
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.UndoAsync(Ben)).ShouldSatisfyAllConditions(
            again => again.Refusal.ShouldBe(Refusal.AlreadyDecided),
            again => again.Message.ShouldBe("CON-1001 is being undone, as Ada Approver asked at 2026-03-02 09:00 UTC."));
    }

    [Fact]
    public async Task What_is_not_known_of_before_is_verified_by_what_must_be_gone()
    {
        var run = (await (await VerifiedAsync("service.start")).IncidentAsync()).Execution!;
        var step = run.Plan.Steps[0] with { Preconditions = [new("device.online", "==", "true")] };
        var inverse =
            UndoRules.Inverse(run with { Plan = new([step]) }, new ActionCatalog(new SmallCatalog()).For(Contoso), out var problem);
        problem.ShouldBeNull();
        inverse.Steps[0].Verifications.ShouldBe([new("service.Spooler.state", "!=", "running")]);
    }

    [Fact]
    public async Task Where_the_press_is_not_enough_somebody_else_approves()
    {
        var scene = await VerifiedAsync("device.isolate");
        var result = await scene.UndoAsync(Ada);
        result.Message.ShouldBe("Undoing CON-1001 needs 1 approval by somebody other than you; it waits until 2026-03-02 17:00 UTC.");
        var incident = result.Incident!;
        incident.Staged!.Terms.Level.ShouldBe(GateLevel.L2);
        (await scene.UndoAsync(Ben)).Message.ShouldBe(
            "Undoing CON-1001 waits for approval already; Ada Approver asked for it at 2026-03-02 09:00 UTC.");
        var reviews = new Reviews();
        (await scene.DecideAsync(Command(Ada, incident, review: reviews.Token(incident.Staged, Who("ada"), 1, 1)))).Refusal.ShouldBe(
            Refusal.OwnRequest);
        (await scene.CheckExecuteAsync()).ShouldNotBeNull();
        (await scene.DecideAsync(Command(Ben, incident, review: reviews.Token(incident.Staged, Who("ben"), 1, 1)))).IsDone.ShouldBeTrue();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task An_undo_that_is_rejected_leaves_the_remedy_and_its_incident_as_they_were()
    {
        var scene = await VerifiedAsync("device.isolate");
        await scene.DecideAsync(Command(Ben, (await scene.UndoAsync(Ada)).Incident!, DecisionKind.Reject, "Still infected"));
        var incident = await scene.IncidentAsync();
        incident.Phase.ShouldBe(ProposalPhase.Verified);
        scene.Ledger.Facts<IncidentClosed>(Contoso).Count.ShouldBe(1);
        (await scene.UndoAsync(Ada)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_taken_back_and_done_again_can_be_taken_back_again()
    {
        var scene = await TakenBackAsync();
        var incident = await scene.IncidentAsync();
        (incident.IsOpen, incident.IsUndecided, incident.AsksAfterUndo, incident.Staged!.Terms.Level, incident.CanBeDraftedAgain).ShouldBe(
            (true, true, true, GateLevel.L3, true));
        (await scene.UndoAsync(Ben)).Message.ShouldBe("CON-1001 was undone already at 2026-03-02 09:00 UTC.");

        (await scene.RedraftAsync(Tim)).IsDone.ShouldBeTrue();
        await scene.DraftAsync(Plan("process.lower-priority"), revision: 4);
        await scene.StageAsync();
        incident = await scene.IncidentAsync();
        incident.Staged!.Terms.Level.ShouldBe(GateLevel.L2, "what would run by itself is asked after somebody took it back");
        await scene.DecideAsync(Command(Ada, incident));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionStarted(Con(1001), 4, "CON-1001-x2", incident.Staged.Seal, "me", scene.Clock.GetUtcNow()));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new StepFinished(Con(1001), "CON-1001-x2", 0, false, "CON-1001-x2-0", StepOutcome.Applied, "done"));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionFinished(Con(1001), "CON-1001-x2", ExecutionOutcome.Verified, "Ended.", [], false,
                scene.Clock.GetUtcNow().AddDays(1)));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "verified"));
        (await scene.UndoAsync(Ada)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_taken_back_is_escalated_and_closed_by_hand_like_anything_open()
    {
        var scene = await TakenBackAsync();
        var incident = await scene.IncidentAsync();
        scene.Clock.Advance(TimeSpan.FromMinutes(31));
        DeadlineRules.Due(await scene.StateAsync(), scene.Clock.GetUtcNow(), _ => true)
            .ShouldHaveSingleItem().Entries[0].Fact.ShouldBeOfType<ProposalEscalated>();
        (await scene.DecideAsync(Command(Tim, incident, DecisionKind.Handled, "Moved the files by hand"))).IsDone.ShouldBeTrue();
        incident = await scene.IncidentAsync();
        (incident.IsOpen, incident.ClosedReason, incident.Phase).ShouldBe((false, "handled", ProposalPhase.Handled));
    }

    [Fact]
    public async Task An_undo_that_failed_halfway_is_marked_as_handled()
    {
        var scene = await VerifiedAsync("service.start");
        await scene.UndoAsync(Ada);
        await EndUndoAsync(scene, ExecutionOutcome.Failed);
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentReopened(Con(1001)));
        var incident = await scene.IncidentAsync();
        incident.IsLeftToPeople.ShouldBeTrue();
        (await scene.DecideAsync(Command(Tim, incident, DecisionKind.Handled, "Seen to it"))).IsDone.ShouldBeTrue();
        incident = await scene.IncidentAsync();
        (incident.IsOpen, incident.Phase).ShouldBe((false, ProposalPhase.Handled));
    }

    private static async Task<GateScene> TakenBackAsync()
    {
        var scene = await VerifiedAsync("service.start");
        await scene.UndoAsync(Ada);
        await EndUndoAsync(scene, ExecutionOutcome.Verified);
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentReopened(Con(1001)));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new RecommendationDrafted(
            Con(1001), 3, RecommendationDrafted.AfterUndo, "Taken back.", "", [], DevOpsAI.Connections.Plans.Plan.Empty, Risk.Low,
            "A person chooses.", new Dictionary<string, string>(), true));
        await scene.StageAsync();
        return scene;
    }

    private static async Task EndUndoAsync(GateScene scene, ExecutionOutcome outcome)
    {
        var planDigest = (await scene.IncidentAsync()).PlanDigest;
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new UndoStarted(Con(1001), 2, "CON-1001-u1", planDigest, "me", scene.Clock.GetUtcNow()));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new UndoFinished(Con(1001), "CON-1001-u1", outcome, "Undone.", []));
    }

    [Fact]
    public async Task Refusals()
    {
        var scene = new GateScene();
        await ShouldRefuse(scene, Refusal.UnknownIncident, "Contoso Ltd has no incident 'CON-1001'; check the number.");
        var incident = await scene.StagedAsync(Plan("service.start"));
        await ShouldRefuse(scene, Refusal.NotPossible, "CON-1001 was never executed, so there is nothing to undo.");
        (await scene.UndoAsync(Tim)).Message.ShouldBe("Only approvers and administrators of Contoso Ltd may undo CON-1001.");
        (await scene.UndoAsync(Stranger)).Message.ShouldBe("You have no role at Contoso Ltd; ask one of its administrators.");
        await scene.DecideAsync(Command(Ada, incident));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionStarted(Con(1001), 1, "CON-1001-x1", incident.Staged!.Seal, "me", scene.Clock.GetUtcNow()));
        await ShouldRefuse(scene, Refusal.NotPossible, "CON-1001 is still being carried out; wait for its outcome.");
        await scene.ExecutedAsync(outcome: ExecutionOutcome.Failed);
        await ShouldRefuse(scene, Refusal.NotPossible,
            "Only what was done and verified can be undone; CON-1001 was not. Look at the device yourself.");

        scene = await VerifiedAsync("service.start");
        await scene.FreezeAsync(Tim);
        (await scene.UndoAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);
        await scene.LiftAsync(Ada);
        scene.Clock.Advance(TimeSpan.FromDays(1));
        await ShouldRefuse(scene, Refusal.NotPossible, "It is too late to undo CON-1001: that was possible until 2026-03-03 09:00 UTC.");

        scene = await VerifiedAsync("service.start");
        await scene.UndoAsync(Ada);
        var planDigest = (await scene.IncidentAsync()).PlanDigest;
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new UndoStarted(Con(1001), 2, "CON-1001-u1", planDigest, "me", scene.Clock.GetUtcNow()));
        await ShouldRefuse(scene, Refusal.AlreadyDecided, "CON-1001 is being undone, as Ada Approver asked at 2026-03-02 09:00 UTC.");
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new UndoFinished(Con(1001), "CON-1001-u1", ExecutionOutcome.Verified, "Undone.", []));
        await ShouldRefuse(scene, Refusal.AlreadyDecided, "CON-1001 was undone already at 2026-03-02 09:00 UTC, as Ada Approver asked.");
    }

    private static async Task ShouldRefuse(GateScene scene, Refusal refusal, string message)
    {
        var result = await scene.UndoAsync(Ben);
        result.Message.ShouldBe(message);
        result.Refusal.ShouldBe(refusal);
    }

    private static async Task<GateScene> VerifiedAsync(params string[] actions)
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan(actions))));
        await scene.ExecutedAsync();
        return scene;
    }
}

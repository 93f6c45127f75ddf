using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class DecisionTests
{
    [Fact]
    public async Task An_approval_is_on_record_with_its_plan_digest_and_who_gave_it()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var result = await scene.DecideAsync(Command(Ada, incident));
        result.ShouldSatisfyAllConditions(
            () => result.Refusal.ShouldBeNull(),
            () => result.Message.ShouldBe("You approved CON-1001; it is being carried out."),
            () => result.Incident!.Phase.ShouldBe(ProposalPhase.Approved));
        var entry = scene.Ledger.Entries(Contoso)[^1];
        entry.Actor.ShouldBe(Ada.AsActor());
        entry.Causation.ShouldBe(incident.Proposal.StagedSeq);
        entry.Fact.ShouldBe(
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, incident.Staged!.Seal, null, null, null, Complete: true)
                { ByClock = scene.Clock.GetUtcNow() });
        scene.Reached.ShouldBe([Failpoint.ProposalStaged, Failpoint.DecisionAppended]);
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        result.Incident!.LastSeq.ShouldBe((await scene.IncidentAsync()).LastSeq);
    }

    [Fact]
    public async Task A_decision_rests_on_the_state_that_the_caller_saw_and_on_a_newer_one_where_somebody_was_faster()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var seen = await scene.States.GetAsync(Contoso, CancellationToken.None);

        var result = await scene.DecideAsync(Command(Ada, incident) with { Seen = seen });
        result.Refusal.ShouldBeNull();
        result.Incident!.Phase.ShouldBe(ProposalPhase.Approved);
        scene.States.Latest.Single().Seq.ShouldBe(seen.Seq, "nothing was read again");

        var late = await scene.DecideAsync(Command(Ben, incident) with { Seen = seen });
        late.Refusal.ShouldBe(Refusal.AlreadyDecided);
        scene.Ledger.Entries(Contoso).Count(static entry => entry.Fact is ProposalDecided).ShouldBe(1);
    }

    [Theory]
    [InlineData(DecisionKind.Reject, "rejected", "You rejected CON-1001; nothing is done.", ProposalPhase.Rejected)]
    [InlineData(DecisionKind.Handled, "handled", "CON-1001 is marked as handled by you; the bot does nothing more.", ProposalPhase.Handled)]
    public async Task Rejecting_and_handling_close_the_incident(DecisionKind kind, string closed, string message, ProposalPhase phase)
    {
        var scene = new GateScene();
        var result = await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup")), kind, "Wrong volume"));
        result.Message.ShouldBe(message);
        var incident = await scene.IncidentAsync();
        incident.Phase.ShouldBe(phase);
        incident.IsOpen.ShouldBeFalse();
        incident.ClosedReason.ShouldBe(closed);
        (await scene.CheckExecuteAsync()).ShouldBe("Nothing approved waits to be carried out.");
    }

    [Theory]
    [InlineData(ExecutionOutcome.Failed)]
    [InlineData(ExecutionOutcome.Unknown)]
    [InlineData(ExecutionOutcome.Stopped)]
    public async Task What_did_not_end_well_is_closed_by_a_person_who_saw_to_it(ExecutionOutcome outcome)
    {
        var scene = new GateScene();
        var staged = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.DecideAsync(Command(Ada, staged));
        (await scene.DecideAsync(Command(Tim, staged, DecisionKind.Handled))).Refusal.ShouldBe(Refusal.AlreadyDecided);
        await scene.ExecutedAsync(outcome: outcome, canBeUndone: false);

        (await scene.DecideAsync(Command(Ben, staged))).Refusal.ShouldBe(Refusal.AlreadyDecided);
        (await scene.DecideAsync(Command(Mia, staged, DecisionKind.Handled))).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.DecideAsync(Command(Tim, staged, DecisionKind.Handled, planDigest: "5ea1"))).Refusal.ShouldBe(Refusal.Stale);
        (await scene.DecideAsync(Command(Tim, staged, DecisionKind.Handled, "Done by hand"))).IsDone.ShouldBeTrue();
        var incident = await scene.IncidentAsync();
        (incident.Phase, incident.IsOpen, incident.ClosedReason).ShouldBe((ProposalPhase.Handled, false, "handled"));
        (await scene.DecideAsync(Command(Tim, staged, DecisionKind.Handled))).Refusal.ShouldBe(Refusal.AlreadyDecided);
    }

    [Fact]
    public async Task A_snooze_stops_the_clock_and_leaves_the_proposal_open()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var result = await scene.DecideAsync(Command(Tim, incident, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddDays(2)));
        result.Message.ShouldBe("CON-1001 is snoozed until 2026-03-04 09:00 UTC.");
        incident = await scene.IncidentAsync();
        incident.Phase.ShouldBe(ProposalPhase.Snoozed);
        incident.Proposal.ExpiresAt.ShouldBe(scene.Clock.GetUtcNow().AddDays(2).AddHours(8));
        (await scene.DecideAsync(Command(Ada, incident))).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_people_complete_what_needs_two()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.DecideAsync(Command(Ada, incident))).Message.ShouldBe(
            "You approved CON-1001; it needs 1 more approval by somebody else.");
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        (await scene.DecideAsync(Command(Ada, incident))).ShouldSatisfyAllConditions(
            result => result.Refusal.ShouldBe(Refusal.AlreadyApprovedByYou),
            result => result.Message.ShouldBe(
                "You approved CON-1001 at 2026-03-02 09:00 UTC already; it needs somebody else's approval too."));
        (await scene.DecideAsync(Command(Ben, incident))).Message.ShouldBe("You approved CON-1001; it is being carried out.");
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.DecideAsync(Command(Root, incident))).Message.ShouldBe(
            "Ada Approver and Ben Approver already approved CON-1001 at 2026-03-02 09:00 UTC.");
    }

    [Fact]
    public async Task An_edited_plan_is_rebuilt_encrypted_and_approved()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.restart"));
        var result = await scene.DecideAsync(Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: Edit("0.service", "W3SVC")));
        result.Message.ShouldBe("You approved CON-1001 with your changes; it is being carried out.");
        var step = result.Incident!.PlanInForce.Steps[0];
        step.Command.ShouldBe("Restart-Service 'W3SVC' on SRV-FILE01");
        step.Title.ShouldBe("service.restart W3SVC");
        step.Verifications.ShouldBe([new("service.W3SVC.state", "==", "running")]);
        result.Incident.PlanDigest.ShouldNotBe(incident.Staged!.Seal);
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.CheckExecuteAsync(plan: incident.Staged.Plan)).ShouldBe(
            "The plan does not have its digest: the plan is not the one that was shown.");
    }

    [Fact]
    public async Task Edits_that_change_nothing_are_a_plain_approval()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.restart"));
        await scene.DecideAsync(Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: Edit("0.service", "Spooler")));
        scene.Ledger.Facts<ProposalDecided>(Contoso).ShouldHaveSingleItem().Kind.ShouldBe(DecisionKind.Approve);
    }

    [Fact]
    public async Task Edits_where_two_must_approve_are_a_new_proposal_of_the_editor()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        var incident = await scene.StagedAsync(Plan("service.restart"));
        await scene.DecideAsync(Command(Ben, incident));
        var result = await scene.DecideAsync(Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: Edit("0.service", "W3SVC")));
        result.Message.ShouldBe(
            "Your changes were staged as revision 2 of CON-1001 (L2); nothing is approved yet, it needs 2 approvals by somebody other "
            + "than you.");
        var again = await scene.IncidentAsync();
        again.Staged!.Requester.ShouldBe(Ada.AsActor());
        again.Decisions.ShouldBeEmpty();
        (await scene.DecideAsync(Command(Ada, again))).ShouldSatisfyAllConditions(
            own => own.Refusal.ShouldBe(Refusal.OwnRequest),
            own => own.Message.ShouldBe("You requested this revision of CON-1001 yourself; somebody else must approve it."));
        (await scene.DecideAsync(Command(Ben, incident))).ShouldSatisfyAllConditions(
            stale => stale.Refusal.ShouldBe(Refusal.Stale),
            stale => stale.Message.ShouldBe(
                "The proposal for CON-1001 has changed since you saw it: revision 2 was staged at 2026-03-02 09:00 UTC by Ada Approver. "
                + "Look at its current card and decide there."));
        await scene.StageAsync();
        (await scene.IncidentAsync()).Staged!.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task Edits_of_what_cannot_be_undone_are_shown_again()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.restart", "device.reboot"));
        var review = new Reviews().Token(incident.Staged!, Ada.ObjectId, 2, 2);
        var result =
            await scene.DecideAsync(
                Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: Edit("0.service", "W3SVC"), review: review));
        result.Message.ShouldStartWith("Your changes were staged as revision 2 of CON-1001 (L2); nothing is approved yet");
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
    }

    [Theory]
    [InlineData("0.service", "bad name", "'bad name' is not allowed as service of step 1. Nothing was approved.")]
    [InlineData("0.service", "a'; rm -rf /", "'a'; rm -rf /' is not allowed as service of step 1. Nothing was approved.")]
    [InlineData("0.service", "W3SVC\nx", "'W3SVC x' is not allowed as service of step 1. Nothing was approved.")]
    [InlineData("0.service", "", "'' is not allowed as service of step 1. Nothing was approved.")]
    [InlineData("0.target", "SRV-DC01", "'target' of step 1 cannot be changed. Nothing was approved.")]
    [InlineData("1.service", "W3SVC", "'1.service' is not part of this plan. Nothing was approved.")]
    [InlineData("-1.service", "W3SVC", "'-1.service' is not part of this plan. Nothing was approved.")]
    [InlineData("service", "W3SVC", "'service' is not part of this plan. Nothing was approved.")]
    public async Task Edits_outside_the_catalog_change_nothing(string key, string value, string message)
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.restart"));
        var result = await scene.DecideAsync(Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: Edit(key, value)));
        result.Refusal.ShouldBe(Refusal.BadInput);
        result.Message.ShouldBe(message);
        scene.Ledger.Facts<ProposalDecided>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_undone_is_approved_after_its_pages_were_opened()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("device.reboot"));
        (await scene.DecideAsync(Command(Ada, incident, review: new Reviews().Token(incident.Staged!, Who("ben"), 1, 1))))
            .ShouldSatisfyAllConditions(
            result => result.Refusal.ShouldBe(Refusal.NotReviewed),
            result => result.Message.ShouldBe("CON-1001 cannot be undone: open every page of its details, then approve on the last one."));
        (await scene.DecideAsync(Command(Ada, incident, review: new Reviews().Token(incident.Staged!, Who("ada"), 2, 2)))).IsDone
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_decides_while_the_record_cannot_be_written()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Ledger.Unavailable = true;
        var result = await scene.DecideAsync(Command(Ada, incident));
        result.Refusal.ShouldBe(Refusal.RecordUnavailable);
        result.Message.ShouldBe(
            "The record cannot be written at the moment, so nothing was recorded and nothing was done. Try again in a minute.");
        scene.Ledger.Unavailable = false;
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
    }

    [Fact]
    public async Task Two_hundred_clicks_at_once_are_one_decision()
    {
        var scene = new GateScene(isLocal: true);
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clicks = Enumerable.Range(1, 200).Select(number => Task.Run(async () =>
        {
            await start.Task;
            return await scene.DecideAsync(Command(new(Who($"p{number}"), $"Person {number}"), incident));
        })).ToList();
        start.SetResult();
        var results = await Task.WhenAll(clicks);
        var decided = scene.Ledger.Entries(Contoso).Where(entry => entry.Fact is ProposalDecided).ShouldHaveSingleItem();
        results.Count(result => result.IsDone).ShouldBe(1);
        results.Where(result => !result.IsDone).ShouldAllBe(result =>
            result.Refusal == Refusal.AlreadyDecided
                && result.Message == $"{decided.Actor.Name} already approved CON-1001 at 2026-03-02 09:00 UTC.");
    }

    [Fact]
    public async Task A_freeze_set_at_the_same_instant_is_seen()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var state = await scene.StateAsync();
        var outcome = DecisionRules.Decide(
            state, Command(Ada, incident), scene.Access.GetStanding(state, Who("ada")), scene.Clock.GetUtcNow(),
            new(GatePolicies.BuiltIn, scene.Catalogue.For(Contoso), ProposalStaging.NewNonce,
                (_, _) => null)).ShouldBeOfType<Outcome.Append>();
        await scene.FreezeAsync(Tim);
        (await scene.Ledger.AppendAsync(Contoso, outcome.Expected, outcome.Entries, Cancelled)).ShouldBeOfType<AppendResult.Conflict>();
    }

    private static Dictionary<string, string> Edit(string key, string value) => new() { [key] = value };
}

using DevOpsAI.Drafting;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class StageProposalTests
{
    [Fact]
    public async Task A_draft_is_staged_once_with_terms_and_seal()
    {
        var scene = new GateScene();
        var staged = (await scene.StagedAsync(Plan("disk.cleanup"))).Staged!;
        await scene.StageAsync();
        scene.Ledger.Facts<ProposalStaged>(Contoso).Count.ShouldBe(1);
        staged.Requester.ShouldBe(Actor.Service("drafting"));
        staged.Terms.Level.ShouldBe(GateLevel.L2);
        staged.Terms.PolicyVersion.ShouldMatch("^operations@[0-9a-f]{12}$");
        staged.Nonce.ShouldMatch("^[0-9a-f]{64}$");
        staged.Seal.ShouldBe(Seals.Compute(Contoso, staged, staged.Plan));
        staged.NeedsReview.ShouldBeFalse();
        scene.Reached.ShouldBe([CrashPoint.ProposalStaged]);
    }

    [Fact]
    public async Task Nothing_is_staged_of_what_is_not_drafted_or_is_closed()
    {
        var scene = new GateScene();
        await scene.StageAsync();
        await scene.OpenAsync();
        await scene.StageAsync();
        await scene.DraftAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(DevOpsAI.Ledger.StreamId.Incident("CON-1001"), new IncidentClosed("CON-1001", "resolved"));
        await scene.StageAsync();
        scene.Ledger.Facts<ProposalStaged>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_draft_does_not_touch_what_was_approved()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        await scene.DraftAsync(Plan("device.reboot"), revision: 2);
        await scene.StageAsync();
        (await scene.IncidentAsync()).Staged!.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_undone_needs_review() =>
        (await new GateScene().StagedAsync(Plan("device.reboot"))).Staged!.NeedsReview.ShouldBeTrue();

    [Fact]
    public async Task What_has_a_problem_is_staged_for_people_without_a_plan()
    {
        var incident = await new GateScene().StagedAsync(Plan("ticket.create"), problem: "There are two devices named SRV-FILE01.");
        incident.Staged!.Terms.Level.ShouldBe(GateLevel.L3);
        incident.Staged.Plan.Steps.ShouldBeEmpty();
        incident.IsUndecided.ShouldBeTrue();
    }

    [Fact]
    public async Task A_risk_that_the_drafter_calls_high_is_asked()
    {
        var scene = new GateScene();
        await scene.OpenAsync();
        await scene.DraftAsync(Plan("process.lower-priority"), risk: Risk.High);
        await scene.StageAsync();
        (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L2);
    }

    [Fact]
    public async Task A_risky_change_cannot_be_cut_into_automatic_slices()
    {
        var scene = new GateScene();
        var levels = new List<GateLevel>();
        for (var number = 1001; number <= 1007; number++)
            levels.Add((await scene.StagedAsync(Plan("process.lower-priority"), $"CON-{number}")).Staged!.Terms.Level);
        levels.ShouldBe([GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L2, GateLevel.L2]);
        scene.Clock.Advance(TimeSpan.FromMinutes(61));
        (await scene.StagedAsync(Plan("process.lower-priority"), "CON-1008")).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
    }

    [Fact]
    public async Task While_frozen_nothing_is_staged_to_run_by_itself()
    {
        var scene = new GateScene();
        await scene.FreezeAsync(Tim);
        var staged = (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!;
        staged.Terms.Level.ShouldBe(GateLevel.L2);
        staged.Terms.Reasons.ShouldHaveSingleItem().ShouldStartWith("Contoso Ltd is frozen since 2026-03-02 09:00 UTC by Tim Technician: Strange logins.");
    }
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class StageProposalTests
{
    [Fact]
    public async Task A_draft_is_staged_once_with_terms_and_plan_digest()
    {
        var scene = new GateScene();
        var staged = (await scene.StagedAsync(Plan("disk.cleanup"))).Staged!;
        await scene.StageAsync();
        scene.Ledger.Facts<ProposalStaged>(Contoso).Count.ShouldBe(1);
        staged.Requester.ShouldBe(Actor.Service("drafting"));
        staged.Terms.Level.ShouldBe(GateLevel.L2);
        staged.Terms.PolicyVersion.ShouldMatch("^operations@[0-9a-f]{12}$");
        staged.Nonce.ShouldMatch("^[0-9a-f]{64}$");
        staged.Seal.ShouldBe(PlanDigests.Compute(Contoso, staged, staged.Plan));
        staged.NeedsReview.ShouldBeFalse();
        scene.Reached.ShouldBe([Failpoint.ProposalStaged]);
    }

    [Fact]
    public async Task Nothing_is_staged_of_what_is_not_drafted_or_is_closed()
    {
        var scene = new GateScene();
        await scene.StageAsync();
        await scene.OpenAsync();
        await scene.StageAsync();
        await scene.DraftAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "resolved"));
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
            levels.Add((await scene.StagedAsync(Plan("process.lower-priority"), Con(number))).Staged!.Terms.Level);
        levels.ShouldBe([GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L1, GateLevel.L2, GateLevel.L2]);
        scene.Clock.Advance(TimeSpan.FromMinutes(61));
        (await scene.StagedAsync(Plan("process.lower-priority"), Con(1008))).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
    }

    [Theory]
    [InlineData(59, GateLevel.L2)]
    [InlineData(61, GateLevel.L1)]
    public async Task What_was_acted_on_without_approval_and_came_back_is_asked(int minutes, GateLevel level)
    {
        var scene = new GateScene();
        await OpenAsync(Con(1001));
        (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionStarted(Con(1001), 1, "CON-1001-x1", "seal", "test", scene.Clock.GetUtcNow()));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionFinished(Con(1001), "CON-1001-x1", ExecutionOutcome.Verified, "", [], false, null));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "verified"));
        scene.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await OpenAsync(Con(1002));
        var staged = (await scene.IncidentAsync(Con(1002))).Staged!;
        staged.Terms.Level.ShouldBe(level);
        if (level == GateLevel.L2)
            staged.Terms.Reasons.ShouldContain(
                "It was acted on without approval in CON-1001, 2026-03-02 09:00 UTC, and came back: a person decides.");

        async Task OpenAsync(IncidentId id)
        {
            await scene.AppendAsync(StreamId.Incident(id),
                new IncidentOpened(id, "Busy", Severity.Warning, "HostHighCpuLoad", "SRV-FILE01", IncidentScope.One, "cpu|srv-file01",
                    "cpu", $"E-{id}"));
            await scene.DraftAsync(Plan("process.lower-priority"), id);
            await scene.StageAsync(id);
        }
    }

    [Fact]
    public async Task What_fires_again_waits_anew_and_what_was_shown_before_cannot_be_approved()
    {
        var scene = new GateScene();
        var before = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), ClosedReasons.Resolved));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalWithdrawn(Con(1001), 1, "The alert resolved by itself."));
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentReopened(Con(1001)) { EventId = "E-2" });
        await scene.StageAsync();
        (await scene.IncidentAsync()).Proposal.StagedSeq.ShouldBe(before.Proposal.StagedSeq, "an old draft is not staged");
        (await scene.DecideAsync(Command(Ada, before))).Refusal.ShouldNotBeNull();
        await scene.DraftAsync(Plan("disk.cleanup"), revision: 2);
        (await scene.DecideAsync(Command(Ada, before))).Refusal.ShouldNotBeNull();
        await scene.StageAsync();
        (await scene.DecideAsync(Command(Ada, before))).Refusal.ShouldBe(Refusal.Stale);
        var now = await scene.IncidentAsync();
        (now.IsUndecided, now.Staged!.Terms.ExpiresAt - before.Staged!.Terms.ExpiresAt).ShouldBe((true, TimeSpan.FromMinutes(10)));
        now.Staged.Terms.EscalateAt.ShouldBe(before.Staged.Terms.EscalateAt + TimeSpan.FromMinutes(10));
        (await scene.DecideAsync(Command(Ada, now))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task While_frozen_nothing_is_staged_to_run_by_itself()
    {
        var scene = new GateScene();
        await scene.FreezeAsync(Tim);
        var staged = (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!;
        staged.Terms.Level.ShouldBe(GateLevel.L2);
        staged.Terms.Reasons.ShouldHaveSingleItem()
            .ShouldStartWith("Contoso Ltd is frozen since 2026-03-02 09:00 UTC by Tim Technician: Strange logins.");
    }
}

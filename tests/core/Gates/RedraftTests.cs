using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>"Draft again" where the last draft led nowhere.</summary>
public sealed class RedraftTests
{
    [Theory]
    [InlineData(ExecutionOutcome.Failed, "An earlier run failed, so nothing runs again without approval.")]
    [InlineData(ExecutionOutcome.Unknown, "Nobody knows whether an earlier run took effect, so nothing runs again without approval.")]
    [InlineData(ExecutionOutcome.Stopped, "An earlier run was stopped, so nothing runs again without approval.")]
    public async Task After_a_run_that_did_not_end_well_a_new_revision_waits_for_approval(ExecutionOutcome outcome, string reason)
    {
        var scene = new GateScene();
        var before = await scene.StagedAsync(Plan("process.lower-priority"));
        before.Staged!.Terms.Level.ShouldBe(GateLevel.L1, "this ran by itself the first time");
        await scene.ExecutedAsync(outcome: outcome);
        (await scene.RedraftAsync(Tim, planDigest: before.Staged.Seal)).ShouldSatisfyAllConditions(
            result => result.IsDone.ShouldBeTrue(),
            result => result.Message.ShouldBe("CON-1001 is being drafted again; its card will ask for a decision."),
            result => result.Incident!.Phase.ShouldBe(ProposalPhase.Drafting),
            result => result.Incident!.Redraft!.By.Id.ShouldBe("tim"));
        var asked = scene.Ledger.Entries(Contoso)[^1];
        asked.Fact.ShouldBe(new RedraftRequested(Con(1001), 1));
        asked.Actor.ShouldBe(Tim.AsActor());

        await scene.DraftAsync(Plan("process.lower-priority"), revision: 2);
        await scene.StageAsync();
        var again = await scene.IncidentAsync();
        again.ShouldSatisfyAllConditions(
            incident => incident.Phase.ShouldBe(ProposalPhase.Waiting),
            incident => incident.Redraft.ShouldBeNull(),
            incident => incident.Staged!.Revision.ShouldBe(2),
            incident => incident.Staged!.Terms.Level.ShouldBe(GateLevel.L2),
            incident => incident.Staged!.Terms.Reasons.ShouldContain(reason));
        (await scene.DecideAsync(Command(Ada, again))).Message.ShouldBe("You approved CON-1001; it is being carried out.");
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_one()
    {
        var scene = new GateScene();
        await FailedAsync(scene);
        var results =
            await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(() => scene.RedraftAsync(number % 2 == 0 ? Ada : Tim))));
        results.Count(result => result.IsDone).ShouldBe(1);
        scene.Ledger.Facts<RedraftRequested>(Contoso).ShouldHaveSingleItem();
        results.First(result => !result.IsDone).Message.ShouldContain("is being drafted again, as");
    }

    [Fact]
    public async Task A_click_on_an_older_card_is_stale()
    {
        var scene = new GateScene();
        var first = await FailedAsync(scene);
        await scene.RedraftAsync(Ada);
        await scene.DraftAsync(Plan("service.start"), revision: 2);
        await scene.StageAsync();
        await scene.DecideAsync(Command(Ada, await scene.IncidentAsync()));
        await scene.ExecutedAsync(outcome: ExecutionOutcome.Failed);
        (await scene.RedraftAsync(Ada, planDigest: first.Staged!.Seal)).ShouldSatisfyAllConditions(
            result => result.Refusal.ShouldBe(Refusal.Stale),
            result => result.Message.ShouldBe("CON-1001 was drafted again since you saw it; look at its current card."));
    }

    [Fact]
    public async Task A_draft_that_could_not_be_filled_in_is_asked_for_again()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(
            DevOpsAI.Connections.Plans.Plan.Empty, problem: "Could not ask the vendor: no answer within 30 seconds.");
        (incident.Phase, incident.Staged!.Terms.Level, incident.CanBeDraftedAgain).ShouldBe((ProposalPhase.Waiting, GateLevel.L3, true));
        (await scene.RedraftAsync(Tim)).IsDone.ShouldBeTrue();
        await scene.DraftAsync(Plan("process.lower-priority"), revision: 2);
        await scene.StageAsync();
        (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L1, "nothing ran before");
    }

    [Fact]
    public async Task Who_and_when()
    {
        var scene = new GateScene();
        (await scene.RedraftAsync(Ada)).Refusal.ShouldBe(Refusal.UnknownIncident);
        var incident = await scene.StagedAsync(Plan("service.start"));
        (await scene.RedraftAsync(Stranger)).Message.ShouldBe("You have no role at Contoso Ltd; ask one of its administrators.");
        (await scene.RedraftAsync(Mia)).Message.ShouldBe(
            "Only technicians, approvers and administrators of Contoso Ltd may ask for a new draft of CON-1001.");
        (await scene.RedraftAsync(Ada)).Message.ShouldBe(
            "CON-1001 waits for a decision already; approve, edit or reject what is proposed.");
        await scene.DecideAsync(Command(Ada, incident));
        (await scene.RedraftAsync(Ada)).Message.ShouldBe("CON-1001 is being carried out; wait for its outcome.");
        await scene.ExecutedAsync();
        (await scene.RedraftAsync(Ada)).Message.ShouldBe("CON-1001 is closed (verified), so nothing is drafted again.");
        scene.Ledger.Facts<RedraftRequested>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unattended_run_that_failed_still_counts_among_the_small_steps_after_it_was_drafted_again()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("process.lower-priority"));
        await scene.ExecutedAsync(outcome: ExecutionOutcome.Failed);
        await scene.RedraftAsync(Ada);
        await scene.DraftAsync(Plan("process.lower-priority"), revision: 2);
        await scene.StageAsync();
        var other = await scene.StagedAsync(Plan("process.lower-priority"), Con(1002));
        var weight = ProposalStaging.EarlierWeight(
            await scene.StateAsync(), other.Proposal, long.MaxValue, DateTimeOffset.MinValue, scene.Catalogue.For(Contoso));
        weight.ShouldBe(1);
    }

    private static async Task<Incident> FailedAsync(GateScene scene)
    {
        var staged = await scene.StagedAsync(Plan("service.start"));
        await scene.DecideAsync(Command(Ada, staged));
        await scene.ExecutedAsync(outcome: ExecutionOutcome.Failed);
        return await scene.IncidentAsync();
    }
}

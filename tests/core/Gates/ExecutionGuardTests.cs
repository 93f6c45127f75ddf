using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>The guard believes the record only: what could be appended by a fault elsewhere still does not run.</summary>
public sealed class ExecutionGuardTests
{
    [Fact]
    public async Task Nothing_runs_before_it_is_approved() =>
        await ShouldRefuse("Nothing approved waits to be carried out.", _ => Task.CompletedTask);

    [Fact]
    public async Task Nothing_runs_below_the_quorum() => await ShouldRefuse(
        "It needs 2 approvals by people who may give them and has 1.", scene => ForgeAsync(scene, Ada), approvals: 2);

    [Fact]
    public async Task One_person_is_not_two() => await ShouldRefuse(
        "It needs 2 approvals by people who may give them and has 1.",
        async scene =>
        {
            await ForgeAsync(scene, Ada, complete: false);
            await ForgeAsync(scene, new(Who("ADA"), "Ada again"));
        },
        approvals: 2);

    [Fact]
    public async Task The_bot_does_not_approve() => await ShouldRefuse(
        "It needs 1 approval by people who may give them and has 0.", scene => ForgeAsync(scene, null));

    [Fact]
    public async Task An_approval_of_something_else_is_none() => await ShouldRefuse(
        "The plan does not have its digest: the plan is not the one that was shown.", scene =>
            ForgeAsync(scene, Ada, planDigest: new('0', 64)));

    [Fact]
    public async Task An_approval_after_the_end_is_none() => await ShouldRefuse(
        "It was approved after it had expired.",
        scene =>
        {
            scene.Clock.Advance(TimeSpan.FromHours(9));
            return ForgeAsync(scene, Ada);
        });

    [Fact]
    public async Task Another_plan_than_the_approved_does_not_run()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.DecideAsync(Command(Ada, incident));
        (await scene.CheckExecuteAsync(plan: Plan("disk.cleanup", "disk.cleanup"))).ShouldBe(
            "The plan does not have its digest: the plan is not the one that was shown.");
        (await scene.CheckExecuteAsync(plan: DevOpsAI.Connections.Plans.Plan.Empty)).ShouldBe("There is no plan at a gate.");
    }

    [Fact]
    public async Task What_was_staged_too_low_does_not_run()
    {
        var scene = new GateScene();
        var staged = (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!;
        var forged = PlanDigests.Stamp(Contoso, staged with { Plan = Plan("disk.cleanup"), Revision = 2 });
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), forged);
        (await scene.CheckExecuteAsync()).ShouldBe("Its actions need L2 at least, but it was staged at L1.");
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            PlanDigests.Stamp(Contoso, forged with { Plan = Plan("site.wipe"), Revision = 3 }));
        (await scene.CheckExecuteAsync()).ShouldBe("This is for people only (L3); the bot never carries it out.");
    }

    [Fact]
    public async Task Of_small_changes_staged_at_the_same_instant_the_last_ones_do_not_run()
    {
        var scene = new GateScene();
        var staged = (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!;
        for (var number = 1002; number <= 1006; number++)
        {
            await scene.OpenAsync(Con(number));
            await scene.AppendAsync(StreamId.Proposal(Con(number)),
                PlanDigests.Stamp(Contoso, staged with { About = Con(number) }));
        }
        (await scene.CheckExecuteAsync(Con(1005))).ShouldBeNull();
        (await scene.CheckExecuteAsync(Con(1006))).ShouldBe(
            "Small changes add up: this one weighs 1, 5 ran without approval in the last 1 hour, and more than 5 is asked.");
    }

    [Fact]
    public async Task Only_a_persons_undo_runs_by_itself()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start"))));
        await scene.ExecutedAsync();
        var staged = (await scene.UndoAsync(Ada)).Incident!.Staged!;
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            PlanDigests.Stamp(Contoso, staged with { Requester = Actor.Service("drafting"), Revision = 3 }));
        (await scene.CheckExecuteAsync()).ShouldBe("Only a person may take a remedy back.");
    }

    [Fact]
    public async Task A_freeze_stops_what_was_approved_before_it()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        await scene.FreezeAsync(Tim);
        (await scene.CheckExecuteAsync())!.ShouldStartWith("Contoso Ltd is frozen since");
        await scene.LiftAsync(Ben);
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    private static async Task ShouldRefuse(string message, Func<GateScene, Task> happens, int approvals = 1)
    {
        var scene = new GateScene(APolicy.With(approvals: approvals));
        await scene.StagedAsync(Plan("disk.cleanup"));
        await happens(scene);
        (await scene.CheckExecuteAsync()).ShouldBe(message);
    }

    private static async Task ForgeAsync(GateScene scene, Person? by, string? planDigest = null, bool complete = true)
    {
        var staged = (await scene.IncidentAsync()).Staged!;
        await scene.AppendAsync(
            StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, planDigest ?? staged.Seal, null, null, null, complete), by?.AsActor());
    }
}

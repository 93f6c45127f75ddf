using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>
/// The ledger never goes back in time, so once a clock was ahead its entries carry that time until the clocks have caught up.
/// </summary>
public sealed class WrongClockTests
{
    [Fact]
    public async Task After_a_clock_was_ahead_for_one_entry_approvals_are_carried_out()
    {
        var scene = new GateScene();
        await AheadForOneEntryAsync(scene, TimeSpan.FromDays(30));
        var result = await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        result.Refusal.ShouldBeNull();
        scene.Ledger.Entries(Contoso)[^1].At.ShouldBe(scene.Clock.GetUtcNow().AddDays(30));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_staged_before_a_clock_was_ahead_can_be_approved_after_it()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await AheadForOneEntryAsync(scene, TimeSpan.FromDays(30));
        (await scene.DecideAsync(Command(Ada, incident))).Refusal.ShouldBeNull();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_snooze_after_a_clock_was_ahead_gives_the_whole_time_again()
    {
        var scene = new GateScene();
        await AheadForOneEntryAsync(scene, TimeSpan.FromDays(30));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var until = scene.Clock.GetUtcNow().AddHours(2);
        (await scene.DecideAsync(Command(Tim, incident, DecisionKind.Snooze, until: until))).Refusal.ShouldBeNull();
        (await scene.IncidentAsync()).Proposal.ExpiresAt.ShouldBe(until.AddHours(8));
    }

    [Fact]
    public async Task Deadlines_keep_to_the_clock_that_is_right_again()
    {
        var scene = new GateScene();
        await AheadForOneEntryAsync(scene, TimeSpan.FromDays(30));
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        scene.Clock.Advance(TimeSpan.FromHours(8) - TimeSpan.FromMilliseconds(1));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        scene.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Expired);
    }

    [Fact]
    public async Task Calls_after_a_clock_was_ahead_count_for_an_hour_and_no_longer()
    {
        var scene = new GateScene(APolicy.With() with { Quotas = [new(["service.start"], 2, TimeSpan.FromHours(1))] });
        scene.Clock.Jump(TimeSpan.FromDays(30));
        await RunAsync(scene, Con(1001));
        scene.Clock.Jump(-TimeSpan.FromDays(30));
        await RunAsync(scene, Con(1002));
        (await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start"), Con(1003))))).Refusal.ShouldBe(
            Refusal.Frozen);
        scene.Clock.Advance(TimeSpan.FromMinutes(61));
        (await scene.DecideAsync(Command(Ada, await scene.IncidentAsync(Con(1003))))).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_claim_from_the_future_does_not_hold_a_run_until_then()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        var now = scene.Clock.GetUtcNow();
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ExecutionStarted(Con(1001), 1, "CON-1001-x1", "seal", "another", now.AddDays(30)));
        var incident = await scene.IncidentAsync();
        Due.Create(incident.Proposal, new LeaseClaims(), new BotInstance("me"), now).ShouldBeOfType<Due.Run>().TakenOver.ShouldBeTrue();
    }

    private static async Task RunAsync(GateScene scene, IncidentId id)
    {
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start"), id)));
        var incident = await scene.IncidentAsync(id);
        await scene.AppendAsync(StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", incident.PlanDigest, "me", scene.Clock.GetUtcNow().AddMinutes(5), Announces: true));
        await scene.AppendAsync(StreamId.Proposal(id), new StepStarted(id, $"{id}-x1", 0, false, $"{id}-x1-0"));
    }

    [Fact]
    public async Task A_decision_recorded_before_its_clock_was_kept_is_judged_by_its_entry()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Clock.Advance(TimeSpan.FromHours(9));
        await scene.AppendAsync(
            StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, incident.Staged!.Seal, null, null, null, true), Ada.AsActor());
        (await scene.CheckExecuteAsync()).ShouldBe("It was approved after it had expired.");
    }

    /// <summary>
    /// Whatever the clock did, what was accepted as in time is carried out, and what the clock calls expired is not accepted.
    /// </summary>
    [Fact]
    public async Task Whatever_a_clock_did_an_approval_that_was_taken_has_its_right()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var scene = new GateScene();
            await ClockDoesSomethingAsync(scene, random);
            var incident = await scene.StagedAsync(Plan("disk.cleanup"));
            await ClockDoesSomethingAsync(scene, random);
            var inTime = scene.Clock.GetUtcNow() < incident.Staged!.Terms.ExpiresAt;
            var result = await scene.DecideAsync(Command(Ada, incident));
            result.IsDone.ShouldBe(inTime, $"seed {seed}: {result.Message}");
            await ClockDoesSomethingAsync(scene, random);
            if (inTime)
                (await scene.CheckExecuteAsync()).ShouldBeNull($"seed {seed}");
            else
                (await scene.CheckExecuteAsync()).ShouldNotBeNull($"seed {seed}");
        }
    }

    private static async Task ClockDoesSomethingAsync(GateScene scene, Random random)
    {
        for (var change = random.Next(4); change > 0; change--)
        {
            var by = TimeSpan.FromMinutes(random.Next(-60 * 24 * 40, 60 * 24 * 40));
            switch (random.Next(3))
            {
                case 0:
                    await AheadForOneEntryAsync(scene, by);
                    break;
                case 1:
                    scene.Clock.Jump(by / 100);
                    break;
                default:
                    scene.Clock.Advance(TimeSpan.FromMinutes(random.Next(60)));
                    break;
            }
        }
    }

    internal static async Task AheadForOneEntryAsync(GateScene scene, TimeSpan by)
    {
        scene.Clock.Jump(by);
        await scene.OpenAsync(Con(2000 + scene.Ledger.Entries(Contoso).Count));
        scene.Clock.Jump(-by);
    }
}

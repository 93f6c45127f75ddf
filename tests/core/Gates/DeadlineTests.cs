using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class DeadlineTests
{
    [Fact]
    public async Task Silence_ends_in_expiry_and_a_closed_incident()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = DeadlinesOf(scene);
        await After(scene, deadlines, TimeSpan.FromHours(8) - TimeSpan.FromMilliseconds(1));
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Waiting);
        await After(scene, deadlines, TimeSpan.FromMilliseconds(1));
        var incident = await scene.IncidentAsync();
        incident.Phase.ShouldBe(IncidentPhase.Expired);
        incident.ClosedReason.ShouldBe("expired");
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalExpired>(Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Escalates_once_and_not_while_snoozed()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = DeadlinesOf(scene);
        await scene.DecideAsync(Command(Tim, incident, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddHours(2)));
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty();
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalReturned>(Contoso).ShouldBe([new("CON-1001", 1)]);
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Waiting);
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBe([new("CON-1001", 1, Role.Manager)]);
    }

    [Fact]
    public async Task A_clock_that_jumps_over_everything_expires_and_does_not_escalate()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = DeadlinesOf(scene);
        await After(scene, deadlines, TimeSpan.FromDays(30));
        scene.Ledger.Facts<ProposalExpired>(Contoso).Count.ShouldBe(1);
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_undo_that_nobody_approves_leaves_the_remedy_verified()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("device.isolate"))));
        await scene.ExecutedAsync();
        await scene.UndoAsync(Ada);
        using var deadlines = DeadlinesOf(scene);
        await After(scene, deadlines, TimeSpan.FromHours(9));
        (await scene.IncidentAsync()).Phase.ShouldBe(IncidentPhase.Verified);
        scene.Ledger.Facts<IncidentClosed>(Contoso).ShouldBe([new("CON-1001", "verified")]);
    }

    [Fact]
    public async Task Of_several_instances_one_does_it()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Clock.Advance(TimeSpan.FromHours(8));
        var instances = Enumerable.Range(0, 8).Select(_ => DeadlinesOf(scene)).ToList();
        await Task.WhenAll(instances.Select(deadlines => Task.Run(() => deadlines.CatchUpAsync(Contoso, Cancelled))));
        scene.Ledger.Facts<ProposalExpired>(Contoso).Count.ShouldBe(1);
        instances.ForEach(deadlines => deadlines.Dispose());
    }

    [Fact]
    public async Task A_decision_that_was_faster_stands()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var due = DeadlineRules.Due(await scene.StateAsync(), scene.Clock.GetUtcNow().AddHours(8), _ => true).ShouldHaveSingleItem();
        await scene.DecideAsync(Command(Ada, incident));
        (await scene.Ledger.AppendAsync(Contoso, due.Expected, due.Entries, Cancelled)).ShouldBeOfType<AppendResult.Conflict>();
    }

    [Fact]
    public async Task Nothing_due_nothing_next()
    {
        var scene = new GateScene();
        DeadlineRules.Next(await scene.StateAsync()).ShouldBeNull();
        await scene.StagedAsync(Plan("disk.cleanup"));
        DeadlineRules.Next(await scene.StateAsync()).ShouldBe(scene.Clock.GetUtcNow().AddMinutes(30));
        await scene.StagedAsync(Plan("process.lower-priority"), "CON-1002");
        DeadlineRules.Due(await scene.StateAsync(), scene.Clock.GetUtcNow().AddMinutes(29), _ => true).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_service_wakes_by_itself_for_what_was_there_before_it_and_for_what_comes()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = DeadlinesOf(scene);
        await deadlines.StartAsync(Cancelled);
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalEscalated>(Contoso).Count == 1);
        await scene.StagedAsync(Plan("disk.cleanup"), "CON-1002");
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalEscalated>(Contoso).Count == 2);
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalExpired>(Contoso).Count == 2);
        await deadlines.StopAsync(Cancelled);
        scene.Ledger.Facts<ProposalEscalated>(Contoso).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_service_outlives_a_ledger_that_is_away()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Ledger.Unavailable = true;
        using var deadlines = DeadlinesOf(scene);
        await deadlines.StartAsync(Cancelled);
        for (var minute = 0; minute < 60; minute++)
            scene.Clock.Advance(TimeSpan.FromMinutes(1));
        scene.Ledger.Unavailable = false;
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalEscalated>(Contoso).Count == 1);
        await deadlines.StopAsync(Cancelled);
    }

    internal static Deadlines DeadlinesOf(GateScene scene) => new(scene.Ledger, scene.States, scene, new(scene.Access), scene.Clock, NullLogger<Deadlines>.Instance);

    private static async Task After(GateScene scene, Deadlines deadlines, TimeSpan time)
    {
        scene.Clock.Advance(time);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
    }

    /// <summary>Lets time pass, a little at a time and only while the service waits for it with every tenant, until it has done it.</summary>
    private static async Task PassUntilAsync(GateScene scene, Func<bool> isDone)
    {
        while (!isDone())
        {
            Cancelled.ThrowIfCancellationRequested();
            if (scene.Clock.WaitingTimers >= scene.All.Count)
                scene.Clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Yield();
        }
    }
}

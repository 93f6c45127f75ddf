using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class DeadlineTests
{
    [Fact]
    public async Task Silence_ends_the_proposal_and_not_the_incident()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromHours(8) - TimeSpan.FromMilliseconds(1));
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        await After(scene, deadlines, TimeSpan.FromMilliseconds(1));
        var incident = await scene.IncidentAsync();
        (incident.Phase, incident.IsOpen, incident.ClosedReason, incident.Proposal.MustAskAgain).ShouldBe(
            (ProposalPhase.Expired, true, null, true));
        incident.Unanswered!.Times.ShouldBe(1);
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalExpired>(Contoso).Count.ShouldBe(1);
        scene.Ledger.Facts<IncidentClosed>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_expired_asks_again_with_the_same_time_and_each_silence_is_told_higher_up_once()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"), severity: Severity.Critical);
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromMinutes(15));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldHaveSingleItem().To.ShouldBe(Role.Manager);
        for (var revision = 2; revision <= 5; revision++)
        {
            await After(scene, deadlines, TimeSpan.FromHours(1));
            await scene.DraftAsync(Plan("disk.cleanup"), revision: revision);
            await scene.StageAsync();
            var asked = await scene.IncidentAsync();
            (asked.Phase, asked.Staged!.Revision, asked.Staged.Terms.Level, asked.Unanswered!.Times, asked.Escalated)
                .ShouldBe((ProposalPhase.Waiting, revision, GateLevel.L2, revision - 1, true));
            asked.Proposal.ExpiresAt.ShouldBe(scene.Clock.GetUtcNow().AddHours(1));
            await After(scene, deadlines, TimeSpan.FromMinutes(1));
            await After(scene, deadlines, TimeSpan.FromMinutes(30));
            scene.Clock.Advance(TimeSpan.FromMinutes(-31));
        }
        var told = scene.Ledger.Facts<ProposalEscalated>(Contoso);
        told.Select(one => one.To).ShouldBe([Role.Manager, Role.Administrator]);
        told[1].Reason.ShouldNotBeNull().ShouldStartWith("Nobody decided until ");
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(14, true)]
    public async Task What_escalates_at_about_the_same_time_is_escalated_together(int incidents, bool together)
    {
        var scene = new GateScene();
        for (var number = 0; number < incidents; number++)
        {
            await scene.StagedAsync(Plan("disk.cleanup"), Con(1001 + number));
            scene.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(2 * incidents));
        var escalated = scene.Ledger.Facts<ProposalEscalated>(Contoso);
        escalated.Count.ShouldBe(together ? incidents : 1);
        escalated.Select(static one => one.Among?.Position)
            .ShouldBe(together ? Enumerable.Range(0, incidents).Select(static position => (int?)position) : [null]);
        await After(scene, deadlines, TimeSpan.FromMinutes(1));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).Count.ShouldBe(incidents);
    }

    [Fact]
    public async Task What_expires_at_about_the_same_time_is_told_higher_up_together()
    {
        const int Incidents = 6;
        var scene = new GateScene();
        for (var number = 0; number < Incidents; number++)
        {
            await scene.StagedAsync(Plan("disk.cleanup"), Con(1001 + number));
            scene.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).Count.ShouldBe(Incidents);
        scene.Clock.Advance(TimeSpan.FromHours(7.5) - TimeSpan.FromSeconds(2 * Incidents));
        for (var number = 0; number < Incidents; number++)
        {
            await After(scene, deadlines, TimeSpan.Zero);
            await scene.DraftAsync(Plan("disk.cleanup"), Con(1001 + number), revision: 2);
            await scene.StageAsync(Con(1001 + number));
            scene.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        DeadlineRules.Next(await scene.StateAsync())!.Value.ShouldBeLessThan(scene.Clock.GetUtcNow().AddSeconds(30));
        await After(scene, deadlines, TimeSpan.FromSeconds(30));
        var told = scene.Ledger.Facts<ProposalEscalated>(Contoso).Skip(Incidents).ToList();
        told.Select(static one => one.To).ShouldBe(Enumerable.Repeat(Role.Administrator, Incidents));
        told.Select(static one => one.Among!.Of).ShouldAllBe(static of => of == Incidents);
    }

    [Fact]
    public async Task A_person_who_acts_ends_the_silence()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromHours(8));
        await scene.DraftAsync(Plan("disk.cleanup"), revision: 2);
        await scene.StageAsync();
        (await scene.DecideAsync(Command(Ada, await scene.IncidentAsync()))).IsDone.ShouldBeTrue();
        var incident = await scene.IncidentAsync();
        (incident.Phase, incident.Unanswered).ShouldBe((ProposalPhase.Approved, null));
    }

    [Fact]
    public async Task What_nobody_decided_about_does_not_run_by_itself_when_it_is_drafted_again()
    {
        var scene = new GateScene();
        await scene.FreezeAsync(Root);
        await scene.StagedAsync(Plan("process.lower-priority"));
        (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L2);
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromHours(8));
        await scene.LiftAsync(Ada);
        await scene.DraftAsync(Plan("process.lower-priority"), revision: 2);
        await scene.StageAsync();
        var incident = await scene.IncidentAsync();
        (incident.Phase, incident.Staged!.Terms.Level).ShouldBe((ProposalPhase.Waiting, GateLevel.L2));
        incident.Staged.Terms.Reasons.ShouldContain(reason => reason.Contains("Nobody decided", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Severity.Critical, 15, 1)]
    [InlineData(Severity.Warning, 30, 8)]
    public async Task Without_a_plan_the_severity_says_when_it_escalates_and_expires(Severity severity, int minutes, int hours)
    {
        var scene = new GateScene();
        var incident =
            await scene.StagedAsync(DevOpsAI.Connections.Plans.Plan.Empty, severity: severity, problem: "No runbook handles it.");
        incident.Staged!.Terms.Level.ShouldBe(GateLevel.L3);
        incident.Staged.Terms.EscalateAt.ShouldBe(scene.Clock.GetUtcNow().AddMinutes(minutes));
        incident.Staged.Terms.ExpiresAt.ShouldBe(scene.Clock.GetUtcNow().AddHours(hours));
    }

    [Fact]
    public async Task A_more_severe_alert_is_staged_under_its_own_terms()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentRaised(Con(1001), Severity.Warning, Severity.Critical, "E-2"));
        (await scene.IncidentAsync()).IsStagedTooLow.ShouldBeTrue();
        await scene.DraftAsync(Plan("disk.cleanup"), revision: 2);
        await scene.StageAsync();
        var incident = await scene.IncidentAsync();
        (incident.IsStagedTooLow, incident.Severity, incident.Staged!.Severity, incident.Escalated).ShouldBe(
            (false, Severity.Critical, Severity.Critical, false));
        incident.Staged.Terms.ExpiresAt.ShouldBe(scene.Clock.GetUtcNow().AddHours(1));
        await After(scene, deadlines, TimeSpan.FromMinutes(15));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).Select(one => one.Revision).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Escalates_once_and_not_while_snoozed()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
        await scene.DecideAsync(Command(Tim, incident, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddHours(2)));
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty();
        await After(scene, deadlines, TimeSpan.FromHours(1));
        scene.Ledger.Facts<ProposalReturned>(Contoso).ShouldBe([new(Con(1001), 1)]);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        await After(scene, deadlines, TimeSpan.FromMinutes(30));
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBe([new(Con(1001), 1, Role.Manager)]);
    }

    [Fact]
    public async Task A_clock_that_jumps_over_everything_expires_and_does_not_escalate()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
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
        using var deadlines = GetDeadlines(scene);
        await After(scene, deadlines, TimeSpan.FromHours(9));
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Verified);
        scene.Ledger.Facts<IncidentClosed>(Contoso).ShouldBe([new(Con(1001), "verified")]);
    }

    [Fact]
    public async Task Of_several_instances_one_does_it()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Clock.Advance(TimeSpan.FromHours(8));
        var instances = Enumerable.Range(0, 8).Select(_ => GetDeadlines(scene)).ToList();
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
        await scene.StagedAsync(Plan("process.lower-priority"), Con(1002));
        DeadlineRules.Due(await scene.StateAsync(), scene.Clock.GetUtcNow().AddMinutes(29), _ => true).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_service_wakes_by_itself_for_what_was_there_before_it_and_for_what_comes()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        using var deadlines = GetDeadlines(scene);
        await deadlines.StartAsync(Cancelled);
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalEscalated>(Contoso).Count == 1);
        await scene.StagedAsync(Plan("disk.cleanup"), Con(1002));
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
        using var deadlines = GetDeadlines(scene);
        await deadlines.StartAsync(Cancelled);
        for (var minute = 0; minute < 60; minute++)
            scene.Clock.Advance(TimeSpan.FromMinutes(1));
        scene.Ledger.Unavailable = false;
        await PassUntilAsync(scene, () => scene.Ledger.Facts<ProposalEscalated>(Contoso).Count == 1);
        await deadlines.StopAsync(Cancelled);
    }

    internal static Deadlines GetDeadlines(GateScene scene) =>
        new(scene.Ledger, scene.States, scene, new(scene.Access), scene.Clock, NullLogger<Deadlines>.Instance);

    private static async Task After(GateScene scene, Deadlines deadlines, TimeSpan time)
    {
        scene.Clock.Advance(time);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
    }

    /// <summary>
    /// Lets time pass, a little at a time and only while the service waits for it with every tenant, until it has done it.
    /// </summary>
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

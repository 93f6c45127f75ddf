using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>A snooze outlasts a deadline only for somebody who has said so, whatever card or program asks for it.</summary>
public sealed class SnoozeLimitTests
{
    [Fact]
    public async Task Something_critical_is_snoozed_past_its_deadline_only_when_that_is_said()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.start"), severity: Severity.Critical);
        incident.Staged!.Terms.ExpiresAt.ShouldBe(scene.Clock.GetUtcNow().AddHours(1));
        var past = Command(Tim, incident, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddHours(2));

        var asked = await scene.DecideAsync(past);
        asked.Refusal.ShouldBe(Refusal.AsksFirst);
        asked.Message.ShouldBe(
            "CON-1001 is critical and to be decided by 2026-03-02 10:00 UTC; snoozed past that, nobody is asked or escalated to meanwhile. "
            + "Nothing was recorded: choose a shorter time, or tick that it may be snoozed past that.");
        scene.Ledger.Facts<ProposalDecided>(Contoso).ShouldBeEmpty();
        (await scene.DecideAsync(past with { PastDeadline = true })).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_shorter_snooze_and_one_of_something_that_is_not_critical_need_no_second_thought()
    {
        var scene = new GateScene();
        var critical = await scene.StagedAsync(Plan("service.start"), severity: Severity.Critical);
        (await scene.DecideAsync(Command(Tim, critical, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddMinutes(15)))).IsDone
            .ShouldBeTrue();
        var warning = await scene.StagedAsync(Plan("service.start"), Con(1002));
        (await scene.DecideAsync(Command(Tim, warning, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddDays(2)))).IsDone
            .ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_world_leaves_no_more_time_for_is_not_snoozed_past_that_unsaid_and_expires_then()
    {
        var scene = new GateScene();
        await scene.OpenAsync();
        var empty = scene.Clock.GetUtcNow().AddMinutes(18);
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new RecommendationDrafted(
            Con(1001), 1, "runbook ups v1", "Shut it down.", "Because.", [], Plan("service.start"), Risk.Low, null,
            new Dictionary<string, string>(), true)
        {
            NotAfter = empty, NotAfterReason = "Battery left: 18 minutes",
        });
        await scene.StageAsync();
        var incident = await scene.IncidentAsync();
        var hour = Command(Tim, incident, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddHours(1));
        var asked = await scene.DecideAsync(hour);
        asked.Refusal.ShouldBe(Refusal.AsksFirst);
        asked.Message.ShouldStartWith(
            "What is proposed for CON-1001 is worth nothing after 2026-03-02 09:18 UTC (Battery left: 18 minutes).");

        (await scene.DecideAsync(hour with { Until = scene.Clock.GetUtcNow().AddMinutes(15) })).IsDone.ShouldBeTrue();
        incident = await scene.IncidentAsync();
        incident.Proposal.ExpiresAt.ShouldBe(empty, "a snooze does not stop the battery");
        scene.Clock.Advance(TimeSpan.FromMinutes(19));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalReturned(Con(1001), 1));
        DeadlineRules.Due(await scene.StateAsync(), scene.Clock.GetUtcNow(), _ => true)
            .ShouldHaveSingleItem().Entries[0].Fact.ShouldBeOfType<ProposalExpired>();
    }
}

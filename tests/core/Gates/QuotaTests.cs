using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>How often an action may be called for a tenant within an hour (AISVS 9.1.1).</summary>
public sealed class QuotaTests
{
    private static readonly GatePolicy Two = APolicy.With() with { Quotas = [new(["service.start"], 2, TimeSpan.FromHours(1))] };

    [Fact]
    public async Task The_third_call_within_an_hour_waits_until_the_first_is_an_hour_ago()
    {
        var scene = new GateScene(Two);
        await RunAsync(scene, Con(1001));
        scene.Clock.Advance(TimeSpan.FromMinutes(20));
        await RunAsync(scene, Con(1002));
        scene.Clock.Advance(TimeSpan.FromMinutes(20));
        var incident = await scene.StagedAsync(Plan("service.start"), Con(1003));
        var result = await scene.DecideAsync(Command(Ada, incident));
        result.Refusal.ShouldBe(Refusal.Frozen);
        result.Message.ShouldBe(
            "service.start was called 2 times for Contoso Ltd in the last 1 hour, and the policy allows 2. It can go on at 2026-03-02 "
            + "10:00 UTC. Nothing was approved; approve CON-1003 when the pause is over.");
        scene.Clock.Advance(TimeSpan.FromMinutes(20));
        (await scene.DecideAsync(Command(Ada, incident))).IsDone.ShouldBeTrue("the approval was not spent");
        (await scene.CheckExecuteAsync(Con(1003))).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_approved_before_others_used_the_quota_up_does_not_run()
    {
        var scene = new GateScene(Two);
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start"), Con(1009))));
        await RunAsync(scene, Con(1001));
        await RunAsync(scene, Con(1002));
        (await scene.CheckExecuteAsync(Con(1009)))!.ShouldStartWith("service.start was called 2 times for Contoso Ltd");
        (await scene.ObjectionAsync(Con(1009), next: new(0, Rollback: false, "CON-1009-x1-0")))!.Message.ShouldStartWith(
            "service.start was called 2 times");
        (await scene.ObjectionAsync(Con(1009), next: new(0, Rollback: true, "CON-1009-x1-0-r"))).ShouldBeNull(
            "what was done is always taken back");
    }

    [Fact]
    public async Task What_would_run_by_itself_is_asked_once_the_quota_is_used_up()
    {
        var scene = new GateScene(GatePolicies.BuiltIn with { Quotas = [new(["ticket.*"], 1, TimeSpan.FromMinutes(30))] });
        await scene.StagedAsync(Plan("ticket.create"), Con(1001));
        await AnnounceAsync(scene, Con(1001));
        var terms = (await scene.StagedAsync(Plan("ticket.create"), Con(1002))).Staged!.Terms;
        terms.Level.ShouldBe(GateLevel.L2);
        terms.Reasons.ShouldBe(
            ["ticket.create was called once for Contoso Ltd in the last 30 minutes, and the policy allows 1. It can go on at 2026-03-02 "
                + "09:30 UTC."]);
    }

    [Fact]
    public async Task A_plan_of_more_calls_than_are_allowed_is_never_begun()
    {
        var scene = new GateScene(Two);
        var result =
            await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start", "service.start", "service.start"))));
        result.Message.ShouldStartWith("The plan calls service.start 3 times, and the policy allows 2 in 1 hour.");
    }

    [Fact]
    public async Task Another_action_and_another_tenant_have_their_own()
    {
        var scene = new GateScene(Two);
        await RunAsync(scene, Con(1001));
        await RunAsync(scene, Con(1002));
        (await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.restart"), Con(1003))))).IsDone.ShouldBeTrue();
        (await scene.States.GetAsync(Fabrikam, Cancelled)).Calls.For("service.start", DateTimeOffset.MinValue).ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_word_in_the_policy_it_is_a_hundred_an_hour()
    {
        GatePolicies.BuiltIn.GetQuota("service.start").ShouldBe(new(CallQuota.Default.Actions, 100, TimeSpan.FromHours(1)));
        (Two with { Quotas = [.. Two.Quotas, new(["*"], 7, TimeSpan.FromHours(2))] }).GetQuota("disk.cleanup").Calls.ShouldBe(7);
    }

    [Fact]
    public void Only_a_day_is_kept()
    {
        var start = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var times = CallTimes.Empty;
        for (var hour = 0; hour < 100; hour++)
            times = times.With("a", start.AddHours(hour));
        times.For("a", DateTimeOffset.MinValue).Count.ShouldBe(24);
    }

    private static async Task RunAsync(GateScene scene, IncidentId id)
    {
        (await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("service.start"), id)))).IsDone.ShouldBeTrue();
        await AnnounceAsync(scene, id);
    }

    /// <summary>What the executor records before it sends.</summary>
    private static async Task AnnounceAsync(GateScene scene, IncidentId id)
    {
        var incident = await scene.IncidentAsync(id);
        await scene.AppendAsync(StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", incident.PlanDigest, "me", scene.Clock.GetUtcNow().AddMinutes(5), Announces: true));
        await scene.AppendAsync(StreamId.Proposal(id), new StepStarted(id, $"{id}-x1", 0, false, $"{id}-x1-0"));
    }
}

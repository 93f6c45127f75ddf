using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Gates;
using DevOpsAI.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>
/// The real guard and the real executor together: whatever says no, nothing is sent any more (AISVS 9.2.1, 9.5.6, 9.6.1).
/// </summary>
public sealed class GuardedExecutionTests
{
    private static readonly GatePolicy Asks = APolicy.With();
    private static readonly GatePolicy Lets = APolicy.With("  - { name: All, actions: ['*'], level: L1 }");

    [Fact]
    public async Task With_its_right_a_plan_runs()
    {
        using var scene = new GuardedScene(Asks);
        (await scene.StageAsync(TurnOn("a"), TurnOn("b"))).Terms.Level.ShouldBe(GateLevel.L2);
        await scene.RunAsync();
        scene.Vendor.Calls.ShouldBe(0, "nobody approved it");
        await scene.ApproveAsync();
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Verified);
        scene.Vendor.Effects.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("everything", "The kill switch pauses everything.")]
    [InlineData("tenant: contoso", "The kill switch pauses this client.")]
    [InlineData("connector: scripted", "The kill switch pauses the connector scripted.")]
    [InlineData("action: lamp.*", "The kill switch pauses the action lamp.*.")]
    [InlineData("action: lamp.off", "The kill switch pauses the action lamp.off.")]
    [InlineData("nonsense", "The kill switch file cannot be understood in line 1, so everything is paused.")]
    public async Task The_kill_switch_between_two_steps_stops_before_the_second(string lines, string message)
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        await scene.ApproveAsync();
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded)
                scene.Switch(lines);
        };
        await scene.RunAsync();
        var finished = scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        finished.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        finished.Summary.ShouldBe($"Stopped. {message} Done and not taken back: step 1.");
        scene.Vendor.Effects.ShouldHaveSingleItem().Operation.ShouldBe("CON-1001-x1-0");
    }

    [Fact]
    public async Task The_kill_switch_lets_nothing_be_taken_back_either()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        await scene.ApproveAsync();
        scene.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        scene.Vendor.Acting = call =>
        {
            if (call.OperationId == "CON-1001-x1-1")
                scene.Switch("everything");
            return Task.CompletedTask;
        };
        await scene.RunAsync();
        var finished = scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        finished.Outcome.ShouldBe(ExecutionOutcome.Failed);
        finished.Summary.ShouldContain("Nothing was taken back: The kill switch pauses everything. Done and not taken back: step 1.");
        scene.Vendor.Calls.ShouldBe(2);
    }

    /// <summary>
    /// What was announced may be on its way and goes, as if the switch had been thrown a moment later; nothing goes after it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thrown_between_announcing_and_calling_the_kill_switch_lets_that_call_be_the_last(bool takingBack)
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"), TurnOn("c"));
        await scene.ApproveAsync();
        if (takingBack)
        {
            scene.Vendor.Moods.Enqueue(VendorMood.Does);
            scene.Vendor.Moods.Enqueue(VendorMood.Does);
            scene.Vendor.Moods.Enqueue(VendorMood.Refuses);
        }
        var before = -1;
        scene.Crash.Reaching = point =>
        {
            if (before >= 0 || point != (takingBack ? Failpoint.RollbackAnnounced : Failpoint.StepAnnounced))
                return;
            before = scene.Vendor.Calls;
            scene.Switch("everything");
        };
        await scene.RunAsync();
        before.ShouldBe(takingBack ? 3 : 0);
        scene.Vendor.Calls.ShouldBe(before + 1);
        scene.Facts<StepStarted>().Count.ShouldBe(scene.Vendor.Calls, "nothing is sent unannounced, nothing announced after it");
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Summary.ShouldContain("The kill switch pauses everything.");
    }

    [Fact]
    public async Task Lifted_the_kill_switch_lets_nothing_run_that_it_stopped_until_it_is_approved_anew()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"));
        await scene.ApproveAsync();
        scene.Switch("everything");
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(ExecutionOutcome.Stopped);
        scene.Switch("");
        await scene.RunAsync();
        scene.Vendor.Calls.ShouldBe(0);
        await scene.AppendAsync(StreamId.Proposal(GuardedScene.Id), new RedraftRequested(GuardedScene.Id, 1), GuardedScene.Ada.AsActor());
        await scene.DraftAsync(2, TurnOn("a"));
        (await scene.AtGateAsync()).Terms.Level.ShouldBe(GateLevel.L2);
        await scene.RunAsync();
        scene.Vendor.Calls.ShouldBe(0);
        await scene.ApproveAsync();
        await scene.RunAsync();
        scene.Vendor.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_role_taken_between_two_steps_stops_with_a_sentence()
    {
        using var scene = new GuardedScene(Asks);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        await scene.ApproveAsync();
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded && scene.Facts<RoleAssigned>().Count == 0)
                scene.TakeRoleNow();
        };
        await scene.RunAsync();
        var finished = scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        finished.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        finished.Summary.ShouldStartWith("Stopped. Ada may not approve for Contoso Ltd any more.");
        scene.Vendor.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_policy_that_became_stricter_before_anything_ran_asks_again(bool afterTheClaim)
    {
        using var scene = new GuardedScene(Lets);
        (await scene.StageAsync(TurnOn("a"))).Terms.Level.ShouldBe(GateLevel.L1);
        if (afterTheClaim)
        {
            scene.Crash.Reaching = point =>
            {
                if (point == Failpoint.DriftChecked)
                    scene.Policy(Asks);
            };
        }
        else
        {
            scene.Policy(Asks);
        }
        await scene.RunAsync();
        scene.Vendor.Calls.ShouldBe(0);
        var finished = scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        finished.Outcome.ShouldBe(ExecutionOutcome.Drifted);
        finished.Summary.ShouldContain("The gate policy was changed since it was let through and asks for more now.");
        finished.Changes.ShouldHaveSingleItem().What.ShouldBe("gate policy");
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Drafting, "what drifted is drafted and asked again");
        await scene.DraftAsync(2, TurnOn("a"));
        (await scene.AtGateAsync()).Terms.Level.ShouldBe(GateLevel.L2);
        await scene.ApproveAsync();
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>()[^1].Outcome.ShouldBe(ExecutionOutcome.Verified);
    }

    [Fact]
    public async Task A_policy_that_became_stricter_between_two_steps_stops()
    {
        using var scene = new GuardedScene(Lets);
        await scene.StageAsync(TurnOn("a"), TurnOn("b"));
        scene.Crash.Reaching = point =>
        {
            if (point == Failpoint.StepRecorded)
                scene.Policy(Asks);
        };
        await scene.RunAsync();
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Outcome
            .ShouldBe(ExecutionOutcome.Stopped, "some of it is done, so a person must look");
        scene.Vendor.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_that_is_not_the_one_shown_freezes_the_client_until_an_administrator_has_looked()
    {
        using var scene = new GuardedScene(Lets);
        await scene.AppendAsync(StreamId.Incident(Con(1001)),
            new IncidentOpened(Con(1001), "Dark", Severity.Warning, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        await scene.DraftAsync(1, TurnOn("a"));
        var staged = await scene.AtGateAsync();
        // As if the stored plan had been changed: its plan digest is that of another.
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), staged with { Revision = 2, Plan = new([TurnOn("b")]) });
        await scene.RunAsync();
        scene.Vendor.Calls.ShouldBe(0);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem().Summary
            .ShouldBe("Stopped before anything was done. The plan does not have its digest: the plan is not the one that was shown.");
        scene.Facts<FreezeSet>().ShouldHaveSingleItem().Cause.ShouldBe(FreezeCause.BrokenSeal);
        var freeze = (await scene.StateAsync()).Freeze.ShouldNotBeNull();
        FreezeRules.Describe("Contoso Ltd", freeze).ShouldBe(
            "Contoso Ltd is frozen since 2026-03-02 09:00 UTC by the bot itself: The plan of CON-1001 is not the one that was "
            + "shown, so somebody or something changed the record. "
            + "Nothing is approved or executed until an administrator has looked into it and says 'unfreeze' for Contoso Ltd.");
    }

    private enum No { KillSwitch, Freeze, RoleTaken, StricterPolicy }

    private sealed record Flip(No No, int At, int Steps, VendorMood[] Moods, bool Approved)
    {
        public override string ToString() => $"{No} at point {At} of {Steps} steps, moods [{string.Join(' ', Moods)}], approved {Approved}";
    }

    private static readonly Gen<Flip> Flips =
        from no in Gen.Elements(Enum.GetValues<No>())
        from at in Gen.Choose(1, 30)
        from steps in Gen.Choose(1, 3)
        from moods in Gen.Frequency<VendorMood>((4, Gen.Constant(VendorMood.Does)), (3, Gen.Elements(Enum.GetValues<VendorMood>())))
            .ArrayOf(6)
        from approved in Gen.Elements(true, false)
        select new Flip(no, at, steps, moods, approved || no == No.RoleTaken);

    /// <summary>Flipped at any instant of a run, between any two steps, before a retry or before something is taken back.</summary>
    [Fact]
    public void Once_anything_says_no_nothing_more_is_sent() =>
        Prop.ForAll(Flips.ToArbitrary(), flip => CheckAsync(flip).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    private static async Task CheckAsync(Flip flip)
    {
        using var scene = new GuardedScene(flip.Approved ? Asks : Lets);
        await scene.StageAsync([.. Enumerable.Range(0, flip.Steps).Select(number => TurnOn($"l{number}"))]);
        if (flip.Approved)
            await scene.ApproveAsync();
        foreach (var mood in flip.Moods.Where(static mood => mood != VendorMood.Hangs))
            scene.Vendor.Moods.Enqueue(mood);
        var (reached, flipped, sentAfter, mayBeOnItsWay) = (0, false, 0, false);
        scene.Vendor.Acting = _ =>
        {
            sentAfter += flipped ? 1 : 0;
            return Task.CompletedTask;
        };
        scene.Crash.Reaching = point =>
        {
            if (++reached != flip.At)
                return;
            flipped = true;
            // Between the guard's last look and the call. What is on the ledger is seen there too, until the announcement of the call is
            // durable.
            mayBeOnItsWay = point is Failpoint.StepAnnounced or Failpoint.RollbackAnnounced
                || (flip.No is No.KillSwitch or No.StricterPolicy
                    && point is Failpoint.StepStarting or Failpoint.RollbackStarting or Failpoint.ExecutionRenewed);
            switch (flip.No)
            {
                case No.KillSwitch: scene.Switch("everything"); break;
                case No.Freeze: scene.FreezeNow(); break;
                case No.RoleTaken: scene.TakeRoleNow(); break;
                default: scene.Policy(APolicy.With("  - { name: Never, actions: ['*'], level: L3 }")); break;
            }
        };
        await scene.RunAsync();
        sentAfter.ShouldBeLessThanOrEqualTo(mayBeOnItsWay ? 1 : 0);
        scene.Facts<ExecutionFinished>().ShouldHaveSingleItem();
        if (flipped && scene.Facts<StepStarted>().Count == 0)
            scene.Vendor.Calls.ShouldBe(0);
    }
}

using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class FreezeTests
{
    [Fact]
    public async Task Whoever_sees_trouble_stops_the_line_and_somebody_else_lets_it_go_on()
    {
        var scene = new GateScene();
        (await scene.FreezeAsync(Ada, "Strange logins.")).Message.ShouldBe(
            "Contoso Ltd is frozen: nothing is approved or executed until somebody other than you lifts it.");
        (await scene.FreezeAsync(Ben)).ShouldSatisfyAllConditions(
            again => again.Refusal.ShouldBe(Refusal.AlreadyDecided),
            again => again.Message.ShouldBe(
                "Contoso Ltd is frozen since 2026-03-02 09:00 UTC by Ada Approver: Strange logins. Nothing is approved or executed until "
                + "another approver or administrator lifts it."));
        (await scene.LiftAsync(new(Who("ADA"), "Somebody else"))).ShouldSatisfyAllConditions(
            own => own.Refusal.ShouldBe(Refusal.OwnRequest),
            own => own.Message.ShouldBe("You froze Contoso Ltd yourself at 2026-03-02 09:00 UTC; somebody else must lift it."));
        (await scene.LiftAsync(Tim)).Message.ShouldBe("Only approvers and administrators of Contoso Ltd may lift a freeze.");
        (await scene.LiftAsync(Ben, "All clear")).Message.ShouldBe(
            "The freeze of Contoso Ltd is lifted; what waits can be approved again.");
        (await scene.LiftAsync(Ben)).Message.ShouldBe("Contoso Ltd is not frozen.");
        scene.Ledger.Facts<FreezeSet>(Contoso).ShouldBe([new("Strange logins.")]);
        scene.Ledger.Facts<FreezeLifted>(Contoso).ShouldBe([new("All clear")]);
    }

    [Fact]
    public async Task Refusals()
    {
        var scene = new GateScene();
        (await scene.FreezeAsync(Mia)).Message.ShouldBe("Only technicians, approvers and administrators of Contoso Ltd may freeze it.");
        (await scene.FreezeAsync(Tim, " ")).Message.ShouldBe("Say why, in at most 500 characters: everybody who is stopped reads it.");
        (await scene.FreezeAsync(Tim, new('x', 501))).Refusal.ShouldBe(Refusal.BadInput);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_delivered_again_after_its_effect_was_taken_back_has_no_second_effect()
    {
        var scene = new GateScene();
        await scene.FreezeAsync(Ada, message: CorrelationId.Parse("m1"));
        await scene.LiftAsync(Ben, message: CorrelationId.Parse("m2"));
        (await scene.FreezeAsync(Ada, message: CorrelationId.Parse("m1"))).ShouldSatisfyAllConditions(
            again => again.IsDone.ShouldBeTrue(),
            again => again.Message.ShouldBe("That message was carried out already; nothing was done a second time."));
        await scene.FreezeAsync(Ada, message: CorrelationId.Parse("m3"));
        (await scene.LiftAsync(Ben, message: CorrelationId.Parse("m2"))).Message.ShouldContain("carried out already");
        (await scene.StateAsync()).Freeze.ShouldNotBeNull();
        scene.Ledger.Facts<FreezeSet>(Contoso).Count.ShouldBe(2);
        scene.Ledger.Facts<FreezeLifted>(Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_who_freeze_at_once_freeze_once()
    {
        var scene = new GateScene();
        var results =
            await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => scene.FreezeAsync(number % 2 == 0 ? Ada : Tim))));
        results.Count(result => result.IsDone).ShouldBe(1);
        scene.Ledger.Facts<FreezeSet>(Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_act_stops_every_client_and_another_administrator_lets_them_go_on()
    {
        var scene = new GateScene(everywhere: new() { ["administrator"] = ["root", "gus"] });
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        (await scene.FreezeEverythingAsync(Root, "Somebody else is in our RMM.")).Message.ShouldBe(
            "Everything is frozen for all 2 clients: nothing is approved or executed until another administrator says 'unfreeze "
            + "everything'.");
        foreach (var tenant in new[] { Contoso, Fabrikam })
            scene.Ledger.Facts<FreezeSet>(tenant).ShouldBe([new("Somebody else is in our RMM.") { Cause = FreezeCause.Everything }]);
        (await scene.CheckExecuteAsync()).ShouldBe(
            "Everything is frozen since 2026-03-02 09:00 UTC by Rita Root: Somebody else is in our RMM. Nothing is approved or executed "
            + "for any client until another administrator says 'unfreeze everything'.");
        (await scene.LiftAsync(Ben)).Message.ShouldBe(
            "Contoso Ltd is frozen with every other client since 2026-03-02 09:00 UTC; an administrator lifts that with 'unfreeze "
            + "everything'.");
        (await scene.UnfreezeEverythingAsync(Root)).ShouldSatisfyAllConditions(
            own => own.Refusal.ShouldBe(Refusal.OwnRequest),
            own => own.Message.ShouldBe("You froze everything yourself at 2026-03-02 09:00 UTC; another administrator must lift it."));
        (await scene.UnfreezeEverythingAsync(Gus, "All clear")).Message.ShouldBe(
            "The stop of everything is lifted for all 2 clients; what waits can be approved again. A client's own freeze stays until it "
            + "is lifted.");
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.UnfreezeEverythingAsync(Gus)).Message.ShouldBe("Nothing is frozen with everything.");
    }

    [Fact]
    public async Task A_clients_own_freeze_is_not_lifted_with_everything_nor_the_other_way_round()
    {
        var scene = new GateScene(everywhere: new() { ["administrator"] = ["root", "gus"] });
        await scene.FreezeAsync(Tim, "Strange logins");
        await scene.FreezeEverythingAsync(Root, "Stop.");
        (await scene.LiftAsync(Ben)).Message.ShouldBe(
            "The freeze of Contoso Ltd is lifted; it stays frozen with every other client until an administrator says 'unfreeze "
            + "everything'.");
        await scene.FreezeAsync(Tim, "Strange logins again");
        await scene.UnfreezeEverythingAsync(Gus);
        (await scene.StateAsync()).Freeze.ShouldNotBeNull().Reason.ShouldBe("Strange logins again");
    }

    [Fact]
    public async Task Only_administrators_stop_everything_and_only_what_is_theirs()
    {
        var scene = new GateScene();
        (await scene.FreezeEverythingAsync(Ada, "Stop.")).Message.ShouldBe("Only administrators may freeze everything.");
        (await scene.FreezeEverythingAsync(Stranger, "Stop.")).Message.ShouldBe("Only administrators may freeze everything.");
        (await scene.FreezeEverythingAsync(Root, " ")).Refusal.ShouldBe(Refusal.BadInput);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
        (await scene.FreezeEverythingAsync(Root, "Stop.")).Message.ShouldBe(
            "Everything is frozen for 1 client: nothing is approved or executed until another administrator says 'unfreeze everything'. "
            + "Not for 1 client where you are no administrator.");
        scene.Ledger.Entries(Fabrikam).ShouldBeEmpty();
        (await scene.FreezeEverythingAsync(Root, "Stop.")).Refusal.ShouldBe(Refusal.AlreadyDecided);
    }

    [Fact]
    public async Task A_freeze_because_of_a_changed_plan_is_lifted_by_administrators_only()
    {
        var scene = new GateScene();
        await scene.AppendAsync(StreamId.Freeze,
            new FreezeSet("The plan of CON-1001 is not the one that was encrypted.") { Cause = FreezeCause.BrokenSeal });
        (await scene.LiftAsync(Ben)).Message.ShouldBe(
            "Contoso Ltd was frozen because its record may have been changed; only administrators lift that, after they have looked into "
            + "it.");
        (await scene.LiftAsync(Root, "A restored backup")).IsDone.ShouldBeTrue();
        (await scene.StateAsync()).Freeze.ShouldBeNull();
    }
}

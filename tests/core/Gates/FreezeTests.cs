using DevOpsAI.Gates;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class FreezeTests
{
    [Fact]
    public async Task Whoever_sees_trouble_stops_the_line_and_somebody_else_lets_it_go_on()
    {
        var scene = new GateScene();
        (await scene.FreezeAsync(Ada, "Strange logins.")).Sentence.ShouldBe("Contoso Ltd is frozen: nothing is approved or executed until somebody other than you lifts it.");
        (await scene.FreezeAsync(Ben)).ShouldSatisfyAllConditions(
            again => again.Refusal.ShouldBe(Refusal.AlreadyDecided),
            again => again.Sentence.ShouldBe(
                "Contoso Ltd is frozen since 2026-03-02 09:00 UTC by Ada Approver: Strange logins. Nothing is approved or executed until another approver or administrator lifts it."));
        (await scene.LiftAsync(new("ADA", "Somebody else"))).ShouldSatisfyAllConditions(
            own => own.Refusal.ShouldBe(Refusal.OwnRequest),
            own => own.Sentence.ShouldBe("You froze Contoso Ltd yourself at 2026-03-02 09:00 UTC; somebody else must lift it."));
        (await scene.LiftAsync(Tim)).Sentence.ShouldBe("Only approvers and administrators of Contoso Ltd may lift a freeze.");
        (await scene.LiftAsync(Ben, "All clear")).Sentence.ShouldBe("The freeze of Contoso Ltd is lifted; what waits can be approved again.");
        (await scene.LiftAsync(Ben)).Sentence.ShouldBe("Contoso Ltd is not frozen.");
        scene.Ledger.Facts<FreezeSet>(Contoso).ShouldBe([new("Strange logins.")]);
        scene.Ledger.Facts<FreezeLifted>(Contoso).ShouldBe([new("All clear")]);
    }

    [Fact]
    public async Task Refusals()
    {
        var scene = new GateScene();
        (await scene.FreezeAsync(Mia)).Sentence.ShouldBe("Only technicians, approvers and administrators of Contoso Ltd may freeze it.");
        (await scene.FreezeAsync(Tim, " ")).Sentence.ShouldBe("Say why, in at most 500 characters: everybody who is stopped reads it.");
        (await scene.FreezeAsync(Tim, new('x', 501))).Refusal.ShouldBe(Refusal.BadInput);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_delivered_again_after_its_effect_was_taken_back_has_no_second_effect()
    {
        var scene = new GateScene();
        await scene.FreezeAsync(Ada, message: "m1");
        await scene.LiftAsync(Ben, message: "m2");
        (await scene.FreezeAsync(Ada, message: "m1")).ShouldSatisfyAllConditions(
            again => again.IsDone.ShouldBeTrue(),
            again => again.Sentence.ShouldBe("That message was carried out already; nothing was done a second time."));
        await scene.FreezeAsync(Ada, message: "m3");
        (await scene.LiftAsync(Ben, message: "m2")).Sentence.ShouldContain("carried out already");
        (await scene.StateAsync()).Freeze.ShouldNotBeNull();
        scene.Ledger.Facts<FreezeSet>(Contoso).Count.ShouldBe(2);
        scene.Ledger.Facts<FreezeLifted>(Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_who_freeze_at_once_freeze_once()
    {
        var scene = new GateScene();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => scene.FreezeAsync(number % 2 == 0 ? Ada : Tim))));
        answers.Count(answer => answer.IsDone).ShouldBe(1);
        scene.Ledger.Facts<FreezeSet>(Contoso).Count.ShouldBe(1);
    }
}

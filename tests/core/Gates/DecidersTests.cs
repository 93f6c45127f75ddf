using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class DecidersTests
{
    [Fact]
    public async Task Those_who_may_decide_are_named_and_technicians_are_not()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        var who = await OfAsync(scene, Ada, Ben, Tim, Root);
        who.Names.ShouldContain(Ada.Name);
        who.Names.ShouldContain(Ben.Name);
        who.Names.ShouldNotContain(Tim.Name);
        who.Names.Length.ShouldBeLessThanOrEqualTo(Deciders.Max);
    }

    [Fact]
    public async Task Whose_name_is_unknown_is_counted()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        var all = await OfAsync(scene, Ada, Ben, Root);
        var some = await OfAsync(scene, Ada);
        some.Names.ShouldBe([Ada.Name]);
        (some.Names.Length + some.Others).ShouldBe(all.Names.Length + all.Others);
        some.Message.ShouldBe($"Ada Approver and {some.Others} other{(some.Others == 1 ? "" : "s")}");
        (await OfAsync(scene)).Message.ShouldEndWith(" people");
    }

    [Fact]
    public async Task Who_is_absent_is_left_out_and_the_delegate_is_named_from_the_record()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, Tim);
        var who = await OfAsync(scene, Ada);
        who.Names.ShouldBe([Tim.Name]);
    }

    [Fact]
    public async Task Where_everybody_is_administrator_it_says_so()
    {
        var scene = new GateScene(isLocal: true);
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await OfAsync(scene)).Message.ShouldBe("everybody here");
    }

    [Fact]
    public void Two_are_joined_by_or_and_nobody_is_said() =>
        new[] { new Deciders(["Ada", "Ben"], 0), new Deciders([], 0), new Deciders([], 1) }.Select(who => who.Message)
            .ShouldBe(["Ada or Ben", "nobody who is there now", "1 person"]);

    private static async Task<Deciders> OfAsync(GateScene scene, params Person[] known) => Deciders.Create(
        await scene.StateAsync(), (await scene.IncidentAsync()).Proposal, scene.Access,
        id => known.FirstOrDefault(person => person.ObjectId == id)?.Name, scene.Clock.GetUtcNow());
}

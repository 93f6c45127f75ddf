using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class ChannelTests
{
    private static readonly ChannelRef General = new(
        Conversation("19:general"), "channel", "http://localhost", new("directory"), "team", "General");

    [Fact]
    public async Task Linking_again_changes_nothing_and_says_so()
    {
        var scene = new GateScene();
        (await LinkAsync(scene, Mia)).Message.ShouldBe("'General' is linked to Contoso Ltd: its cards are shown here.");
        (await LinkAsync(scene, Ada)).ShouldBe(new(null, null, "'General' is linked to Contoso Ltd already."));
        scene.Ledger.Facts<ChannelLinked>(Contoso).ShouldBe([new(General)]);
        (await LinkAsync(scene, Ada, escalation: true)).Message.ShouldBe(
            "'General' is linked to Contoso Ltd: what nobody decides in time is told here.");
        (await UnlinkAsync(scene, Root)).Message.ShouldBe("'General' is no longer linked to Contoso Ltd.");
        (await UnlinkAsync(scene, Root)).ShouldBe(new(null, null, "This conversation is not linked to Contoso Ltd."));
        (await scene.StateAsync()).Channels.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_conversation_shows_one_tenants_cards()
    {
        var scene = new GateScene(isLocal: true);
        var results =
            await Task.WhenAll(Task.Run(() => LinkAsync(scene, Stranger)), Task.Run(() => LinkAsync(scene, Stranger, tenant: Fabrikam)));
        results.Count(result => result.IsDone).ShouldBe(1);
        results.Single(result => !result.IsDone).Refusal.ShouldBe(Refusal.NotPossible);
        var other = scene.Ledger.Facts<ChannelLinked>(Contoso).Count > 0 ? Fabrikam : Contoso;
        (await LinkAsync(scene, Stranger, tenant: other)).ShouldBe(new(null, Refusal.NotPossible,
            "'General' is linked to another tenant already; unlink it first: a conversation shows one tenant's cards only."));
        scene.Ledger.Facts<ChannelLinked>(other).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_another_instance_links_a_conversation_nobody_else_does()
    {
        var scene = new GateScene(isLocal: true);
        var elsewhere = new ChannelClaims(scene.Documents, scene.Clock);
        (await elsewhere.TryTakeAsync(General.ConversationId, Fabrikam, Cancelled)).ShouldBeTrue();
        (await LinkAsync(scene, Stranger)).Message.ShouldContain("is being linked by someone else");
        scene.Ledger.Facts<ChannelLinked>(Contoso).ShouldBeEmpty();
        scene.Clock.Advance(TimeSpan.FromMinutes(6));
        (await LinkAsync(scene, Stranger)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Local_mode_makes_nobody_link_who_has_no_role()
    {
        var scene = new GateScene(isLocal: true, local: LocalAccess.None);
        (await LinkAsync(scene, Stranger)).Refusal.ShouldBe(Refusal.NotAllowed);
        await LinkAsync(scene, Ada);
        (await UnlinkAsync(scene, Stranger)).Refusal.ShouldBe(Refusal.NotAllowed);
    }

    [Fact]
    public async Task Not_everybody_links()
    {
        var scene = new GateScene();
        (await LinkAsync(scene, Tim)).Message.ShouldBe(
            "Only administrators, managers and approvers of Contoso Ltd may link or unlink its channels.");
        await LinkAsync(scene, Ada);
        (await UnlinkAsync(scene, Stranger)).Refusal.ShouldBe(Refusal.NotAllowed);
    }

    private static Task<RequestResult> LinkAsync(GateScene scene, Person by, bool escalation = false, TenantId? tenant = null) =>
        new LinkChannelHandler(scene.Recorder, scene.States, scene, scene.Access, new ChannelClaims(scene.Documents, scene.Clock)).Handle(
            new(tenant ?? Contoso, by, General, escalation, NewMessage()), Cancelled);

    private static Task<RequestResult> UnlinkAsync(GateScene scene, Person by) =>
        new UnlinkChannelHandler(scene.Recorder, scene.Access).Handle(new(Contoso, by, General.ConversationId, NewMessage()), Cancelled);
}

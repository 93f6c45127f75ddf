using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tests.Core.Execution;
using DevOpsAI.Tests.Gates;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>A change that no decision allows freezes the tenant by itself where the policy says so (AISVS 9.3.8).</summary>
public sealed class OutOfBandFreezeTests
{
    [Theory]
    [InlineData(FreezeOnOutOfBand.OurCredentials, true, true)]
    [InlineData(FreezeOnOutOfBand.OurCredentials, false, false)]
    [InlineData(FreezeOnOutOfBand.OurCredentials, null, false)]
    [InlineData(FreezeOnOutOfBand.Always, false, true)]
    [InlineData(FreezeOnOutOfBand.Always, null, true)]
    [InlineData(FreezeOnOutOfBand.Never, true, false)]
    public async Task Whose_hand_it_was_decides(FreezeOnOutOfBand asked, bool? ours, bool frozen)
    {
        using var scene = new PollingScene { Policy = APolicy.With() with { FreezeOnOutOfBand = asked } };
        await scene.PollAsync();
        scene.ByHand(by: "Mallory", ours: ours);
        await scene.PollAsync();
        scene.Changes.ShouldHaveSingleItem().WithOurCredentials.ShouldBe(ours);
        scene.Bot.Facts<FreezeSet>().Count.ShouldBe(frozen ? 1 : 0);
        if (frozen)
            scene.Bot.Facts<FreezeSet>()[0].Cause.ShouldBe(FreezeCause.OutOfBand);
    }

    [Fact]
    public async Task The_policy_that_comes_with_the_bot_freezes_on_the_bots_own_credentials_and_says_how_to_lift_it()
    {
        using var scene = new PollingScene { Policy = GatePolicies.BuiltIn };
        await scene.PollAsync();
        scene.ByHand(by: "the bot's token", ours: true);
        scene.ByHand(by: "the bot's token", ours: true);
        await scene.PollAsync();
        var state = await new TenantStates(scene.Bot.Ledger, CoreFeatures.Catalog).GetAsync(
            ExecutionScene.Contoso, TestContext.Current.CancellationToken);
        FreezeRules.Describe("Contoso Ltd", state.Freeze.ShouldNotBeNull()).ShouldEndWith(
            "no decision allows it. It names no operation, so it was not done by the bot. Nothing is approved or executed until an "
            + "approver or administrator has looked into it and says 'unfreeze' for Contoso Ltd.");
        scene.Bot.Facts<FreezeSet>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Lifted_it_stays_lifted_until_something_new_is_found()
    {
        using var scene = new PollingScene { Policy = GatePolicies.BuiltIn };
        await scene.PollAsync();
        scene.ByHand(ours: true);
        await scene.PollAsync();
        await scene.Bot.AppendAsync(StreamId.Freeze, new FreezeLifted("It was us"));
        await scene.PollAsync();
        scene.Bot.Facts<FreezeSet>().Count.ShouldBe(1);
        scene.ByHand(ours: true);
        await scene.PollAsync();
        scene.Bot.Facts<FreezeSet>().Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_bot_itself_did_freezes_nothing()
    {
        using var scene = new PollingScene { Policy = APolicy.With() with { FreezeOnOutOfBand = FreezeOnOutOfBand.Always } };
        await scene.PollAsync();
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        await scene.PollAsync();
        scene.Polls[^1].Ours.Count.ShouldBe(1);
        scene.Bot.Facts<FreezeSet>().ShouldBeEmpty();
    }
}

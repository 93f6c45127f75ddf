using System.Collections.Frozen;
using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class SwitchNoticeTests
{
    private static readonly Actor Self = Actor.Service("kill-switch");
    private readonly IncidentScript story = new();
    private readonly FakeTeams teams = new();

    [Fact]
    public async Task It_and_its_end_are_told_once_each_in_every_linked_conversation()
    {
        story.Linked().Linked(IncidentScript.Channel with { ConversationId = Conversation("19:escal01@thread.tacv2") }, escalation: true);
        Throw();
        await HandOverAsync();
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        teams.Shown.Values.ShouldAllBe(card => CardSchema.Problems(card).Count == 0);
        Saying("The kill switch is on for Contoso Ltd").ShouldBe(2);
        Saying("this is the last message here until it is lifted").ShouldBe(2);
        Lift();
        await HandOverAsync();
        await HandOverAsync();
        teams.Posts.ShouldBe(4);
        Saying("The kill switch is lifted for Contoso Ltd. What waited is drafted and asked now.").ShouldBe(2);
        story.Ledger.Facts<MessageSent>(story.Tenant.Id).Select(sent => sent.Purpose).ShouldBe(
            [SwitchNotice.Purpose, SwitchNotice.Purpose, SwitchNotice.LiftedPurpose, SwitchNotice.LiftedPurpose]);
    }

    [Fact]
    public async Task What_was_lifted_before_it_could_be_told_is_not_told()
    {
        story.Linked();
        Throw();
        Lift();
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task Where_much_waited_its_end_brings_one_list()
    {
        story.Linked();
        Throw();
        await HandOverAsync();
        foreach (var number in Enumerable.Range(1001, 5))
            new IncidentScript(story.Tenant, Con(number), story.Ledger, story.Clock).Opened();
        Lift();
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        Saying("The kill switch is lifted for Contoso Ltd: 5 waited").ShouldBe(1);
        Saying("CON-1005").ShouldBe(1);
        teams.Shown.Values.ShouldAllBe(card => CardSchema.Problems(card).Count == 0);
    }

    private void Throw() => story.Append(StreamId.Switch, new SwitchThrown("The kill switch pauses everything."), Self);

    private void Lift() => story.Append(StreamId.Switch, new SwitchLifted(IncidentScript.Start), Self);

    private int Saying(string text) => teams.Shown.Values.Count(card => card.ToJsonString().Contains(text, StringComparison.Ordinal));

    private async Task HandOverAsync()
    {
        var notice = new SwitchNotice(story.Ledger, story.States, new TwoTenants(), teams, new KnownConversations(), story.Clock);
        foreach (var entry in story.Ledger.Entries(story.Tenant.Id).Where(entry => notice.GetPartitionKey(entry) is not null))
            await notice.HandleAsync(entry, TestContext.Current.CancellationToken);
    }
}

/// <summary>A kill switch of a tenant that a test throws and lifts.</summary>
internal sealed class HandSwitch(TenantId tenant) : IKillSwitch
{
    private TaskCompletionSource lifted = new();

    public bool IsThrown { get; private set; }

    public IReadOnlyDictionary<TenantId, string> On =>
        IsThrown
            ? new Dictionary<TenantId, string> { [tenant] = "The kill switch pauses everything." }
            : FrozenDictionary<TenantId, string>.Empty;

    public bool IsOn(TenantId asked) => IsThrown && asked == tenant;

    public Task NextLiftAsync(CancellationToken cancellationToken) => lifted.Task.WaitAsync(cancellationToken);

    public void Throw() => IsThrown = true;

    public void Lift()
    {
        IsThrown = false;
        Interlocked.Exchange(ref lifted, new()).SetResult();
    }
}

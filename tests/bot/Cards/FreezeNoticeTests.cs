using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class FreezeNoticeTests
{
    private readonly IncidentScript story = new();
    private readonly FakeTeams teams = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_freeze_and_its_end_are_told_once_each_in_every_linked_conversation()
    {
        story.Linked().Linked(IncidentScript.Channel with { ConversationId = Conversation("19:escal01@thread.tacv2") }, escalation: true);
        Freeze("patch day went wrong");
        await HandOverAsync();
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        var frozen = Last();
        frozen.ShouldContain("Contoso Ltd is frozen");
        frozen.ShouldContain("Dana Technician, ");
        frozen.ShouldContain("{{DATE(2026-11-21T03:00:00Z,SHORT)}} {{TIME(2026-11-21T03:00:00Z)}}");
        frozen.ShouldNotContain("UTC");
        frozen.ShouldContain("patch day went wrong");
        frozen.ShouldContain("until another approver or administrator says “unfreeze contoso”");
        frozen.ShouldContain("\"attention\"");

        Lift("all patched");
        await HandOverAsync();
        await HandOverAsync();
        teams.Posts.ShouldBe(4);
        var lifted = Last();
        lifted.ShouldContain("Contoso Ltd is no longer frozen");
        lifted.ShouldContain("Ravi Approver lifted it");
        lifted.ShouldContain("all patched");
        lifted.ShouldContain("It was frozen by Dana Technician since ");
        lifted.ShouldContain("{{DATE(2026-11-21T03:00:00Z,SHORT)}} {{TIME(2026-11-21T03:00:00Z)}}");
        lifted.ShouldNotContain("UTC");
        lifted.ShouldContain("\"good\"");
        teams.Shown.Values.ShouldAllBe(card => CardSchema.Problems(card).Count == 0);
        story.Ledger.Facts<MessageSent>(story.Tenant.Id).Select(sent => sent.Purpose).ShouldBe(
            [FreezeNotice.Purpose, FreezeNotice.Purpose, FreezeNotice.LiftedPurpose, FreezeNotice.LiftedPurpose]);
    }

    [Fact]
    public async Task A_freeze_that_is_over_before_it_could_be_told_is_told_by_its_end_alone()
    {
        story.Linked();
        Freeze("patch day");
        teams.Offline = true;
        await Should.ThrowAsync<FreezeNotToldException>(HandOverAsync);
        Lift();
        teams.Offline = false;
        await HandOverAsync();
        Only().ShouldContain("no longer frozen");
    }

    [Fact]
    public async Task Frozen_is_never_the_last_word_however_late_the_end_can_be_told()
    {
        story.Linked();
        Freeze("patch day");
        await HandOverAsync();
        Lift();
        story.Clock.Advance(TimeSpan.FromDays(3));
        await HandOverAsync();
        Last().ShouldContain("no longer frozen");
        teams.Posts.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_over_long_ago_is_told_to_nobody()
    {
        story.Linked();
        Freeze("patch day");
        Lift();
        story.Clock.Advance(TimeSpan.FromDays(3));
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task The_end_of_a_freeze_that_was_set_anew_is_not_told_before_the_new_one()
    {
        story.Linked();
        Freeze("patch day");
        Lift();
        Freeze("second patch day");
        await HandOverAsync();
        Only().ShouldContain("second patch day");
    }

    [Fact]
    public async Task A_conversation_that_cannot_be_reached_keeps_it_from_no_other()
    {
        story.Linked().Linked(IncidentScript.Channel with { ConversationId = Conversation("19:escal01@thread.tacv2") }, escalation: true);
        Freeze("patch day");
        teams.Next(_ => new SendOutcome.NotSent("busy", TimeSpan.FromSeconds(1)));
        await Should.ThrowAsync<FreezeNotToldException>(HandOverAsync);
        story.Ledger.Facts<MessageSent>(story.Tenant.Id).Count.ShouldBe(1);
        await HandOverAsync();
        story.Ledger.Facts<MessageSent>(story.Tenant.Id).Select(sent => sent.ConversationId).Distinct().Count().ShouldBe(2);
        teams.Posts.ShouldBe(3);
    }

    [Fact]
    public async Task A_stop_of_everything_and_a_client_s_own_freeze_are_told_apart()
    {
        story.Linked();
        Freeze("patch day");
        story.Append(StreamId.Freeze, new FreezeSet("token stolen") { Cause = FreezeCause.Everything }, IncidentScript.Ravi.AsActor());
        await HandOverAsync();
        Last().ShouldContain("is frozen, with every other client");
        story.Append(StreamId.Freeze, new FreezeLifted("revoked") { Everything = true }, IncidentScript.Dana.AsActor());
        await HandOverAsync();
        Last().ShouldContain("The stop of everything is lifted, but Contoso Ltd is still frozen");
        Last().ShouldContain("\"attention\"");
        Lift();
        await HandOverAsync();
        Last().ShouldContain("Contoso Ltd is no longer frozen");
    }

    [Fact]
    public async Task A_freeze_by_the_bot_itself_says_so_and_what_somebody_typed_is_shown_as_typed()
    {
        story.Linked();
        story.Append(StreamId.Freeze, new FreezeSet("**CON-1001** [was](http://x) changed") { Cause = FreezeCause.BrokenSeal },
            Actor.Service("execution"));
        await HandOverAsync();
        Only().ShouldContain("the bot itself");
        Only().ShouldContain("**CON-1001** [was](http://x) changed");
        Only().ShouldContain("an administrator has looked into it");
        teams.Shown["m1"]["body"]![0]!["items"]!.AsArray().ShouldAllBe(item => (string?)item!["type"] == "RichTextBlock");
    }

    private void Freeze(string reason) => story.Append(StreamId.Freeze, new FreezeSet(reason), IncidentScript.Dana.AsActor());

    private void Lift(string? reason = null) => story.Append(StreamId.Freeze, new FreezeLifted(reason), IncidentScript.Ravi.AsActor());

    private string Only()
    {
        teams.Posts.ShouldBe(1);
        return Last();
    }

    private string Last() => Text(teams.Shown[$"m{teams.Posts}"]);

    private static string Text(JsonNode card) =>
        card.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Plays a subscription that begins anew, as after a crash: every entry, in order.</summary>
    private async Task HandOverAsync()
    {
        var notice = new FreezeNotice(story.Ledger, new TenantStates(story.Ledger, CoreFeatures.Catalog, new TwoTenants()), teams,
            new KnownConversations(), story.Clock);
        foreach (var entry in story.Ledger.Entries(story.Tenant.Id).Where(entry => notice.GetPartitionKey(entry) is not null))
            await notice.HandleAsync(entry, Token);
    }
}

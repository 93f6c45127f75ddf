using System.Diagnostics;
using System.Runtime.CompilerServices;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Cards;

public sealed class CardKeeperTests : IAsyncLifetime
{
    private readonly IncidentScript story = new();
    private readonly FakeTeams teams = new();
    private readonly List<CardSync> checkpoints = [];
    private readonly CardsOptions options = new() { PassingFor = TimeSpan.Zero };
    private CardSync sync = null!;
    private GatePolicy policy = GatePolicies.BuiltIn;
    private HandSwitch? killSwitch;
    private long handed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        sync = Restarted();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in checkpoints)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            try
            {
                await each.StopAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                // A keeper that was "killed" at a failpoint never ends.
            }
        }
    }

    [Fact]
    public async Task Nothing_is_posted_before_there_is_something_to_decide_and_then_once()
    {
        story.Linked().Opened().Drafted();
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
        story.Staged();
        await HandOverAsync();
        await HandOverAgainAsync();
        teams.Posts.ShouldBe(1);
        Facts<CardSending>().ShouldHaveSingleItem();
        Facts<CardPosted>().ShouldHaveSingleItem().ShownSeq.ShouldBe((await story.IncidentAsync()).LastSeq);
    }

    [Fact]
    public async Task What_ended_before_anybody_saw_it_is_never_posted()
    {
        story.Linked().Opened().Drafted().Staged()
            .Append(StreamId.Proposal(story.Id), new ProposalWithdrawn(story.Id, 1, "resolved"), Actor.Service("incidents"))
            .Closed("resolved");
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
        Facts<CardSending>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_freeze_and_its_end_are_said_on_the_open_cards()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        story.Append(StreamId.Freeze, new FreezeSet("migration weekend"), IncidentScript.Dana.AsActor());
        await HandOverAsync();
        Facts<CardUpdated>().ShouldHaveSingleItem().ShownSeq.ShouldBe((await story.IncidentAsync()).LastSeq);
        story.Append(StreamId.Freeze, new FreezeLifted("done"), IncidentScript.Ravi.AsActor());
        await HandOverAsync();
        Facts<CardUpdated>().Count.ShouldBe(2);
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_card_mentions_who_may_decide_where_the_policy_says_so_and_a_changed_one_tells_nobody_again()
    {
        policy = policy with { Defaults = policy.Defaults with { MentionFrom = Severity.Warning } };
        sync = Restarted();
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        var card = teams.Shown.Values.Single();
        var mention = card["msteams"]!["entities"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)mention["type"], (string?)mention["mentioned"]!["id"]).ShouldBe(("mention", "29:ravi"));
        Texts(card).ShouldContain(text => text.Contains((string)mention["text"]!, StringComparison.Ordinal));
        story.Append(StreamId.Freeze, new FreezeSet("migration weekend"), IncidentScript.Dana.AsActor());
        await HandOverAsync();
        story.Append(StreamId.Freeze, new FreezeLifted("done"), IncidentScript.Ravi.AsActor());
        await HandOverAsync();
        card = teams.Shown.Values.Single();
        card["msteams"]!["entities"].ShouldBeNull();
        Texts(card).ShouldContain(
            text => text.Contains("Ravi Approver", StringComparison.Ordinal) && !text.Contains("<at>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_word_in_the_policy_and_below_its_severity_nobody_is_mentioned()
    {
        policy.Defaults.MentionFrom.ShouldBeNull();
        policy = policy with { Defaults = policy.Defaults with { MentionFrom = Severity.Critical } };
        sync = Restarted();
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Shown.Values.Single().ToJsonString().ShouldNotContain("entities");
    }

    private static IEnumerable<string> Texts(System.Text.Json.Nodes.JsonNode card) =>
        card["body"]!.AsArray().Select(static element => (string?)element!["text"]).OfType<string>();

    [Fact]
    public async Task A_freeze_takes_undo_from_what_was_done_too_and_gives_it_back()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        story.Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified");
        await HandOverAsync();
        story.Append(StreamId.Freeze, new FreezeSet("migration weekend"), IncidentScript.Dana.AsActor());
        await HandOverAsync();
        teams.Shown.Values.Single().ToJsonString().ShouldContain("Frozen by Dana Technician");
        story.Append(StreamId.Freeze, new FreezeLifted("done"), IncidentScript.Ravi.AsActor());
        await HandOverAsync();
        teams.Shown.Values.Single().ToJsonString().ShouldNotContain("Frozen");
    }

    [Fact]
    public async Task Every_change_reaches_the_same_message_and_the_outcome_is_told_once()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        story.Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified");
        await HandOverAsync();
        await HandOverAgainAsync();
        teams.Shown.Keys.ShouldHaveSingleItem();
        teams.Shown.Values.Single().ToJsonString().ShouldContain("Verified");
        teams.Texts.ShouldHaveSingleItem().ShouldContain("Approved by Ravi Approver");
        (await story.IncidentAsync()).Cards[IncidentScript.Channel.ConversationId].ShownSeq.ShouldBe((await story.IncidentAsync()).LastSeq);
    }

    [Fact]
    public async Task An_outcome_that_certainly_was_not_told_is_told_when_Teams_is_back()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.TextsNotSent = 3;
        story.Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified");
        await HandOverAsync(idle: false);
        await AdvanceUntilAsync(() => Task.FromResult(!teams.Texts.IsEmpty));
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        teams.Texts.ShouldHaveSingleItem().ShouldContain("Approved by Ravi Approver");
    }

    [Fact]
    public async Task A_state_on_the_way_costs_an_update_only_when_it_lasts()
    {
        options.PassingFor = TimeSpan.FromSeconds(1);
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        story.Decided(DecisionKind.Approve).Started();
        await HandOverAsync(idle: false);
        await AdvanceUntilAsync(() => Task.FromResult(teams.Updates == 1));
        story.Step();
        await HandOverAsync(idle: false);
        story.Finished().Closed("verified");
        await HandOverAsync();
        teams.Updates.ShouldBe(2);
        teams.Shown.Values.Single().ToJsonString().ShouldContain("Verified");
    }

    [Fact]
    public async Task A_thousand_entries_while_one_update_is_under_way_cost_one_more()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        story.Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1));
        await HandOverAsync(idle: false);
        await UntilAsync(() => teams.Updates == 1);
        story.Received(1000);
        await HandOverAsync(idle: false);
        teams.Gate.SetResult();
        teams.Gate = null;
        await AdvanceUntilAsync(
            async () => (await story.IncidentAsync()).Cards.Values.Single().ShownSeq == (await story.IncidentAsync()).LastSeq);
        teams.Updates.ShouldBe(2);
    }

    [Fact]
    public async Task When_Teams_is_offline_for_an_hour_cards_wait_and_are_posted_once()
    {
        teams.Offline = true;
        story.Linked().Opened().Drafted().Staged();
        var other = new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1002)) { Device = "SRV-DC01" };
        other.Opened().Drafted().Staged();
        await HandOverAsync(idle: false);
        for (var minute = 0; minute < 60; minute++)
        {
            await UntilAsync(() => story.Clock.WaitingTimers >= 2);
            story.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        story.Decided(DecisionKind.Reject, reason: "known").Closed("rejected");
        teams.Offline = false;
        await AdvanceUntilAsync(() => Task.FromResult(Facts<CardPosted>().Count == 2));
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        teams.Posts.ShouldBe(2);
        teams.Shown.Values.Count(card => card.ToJsonString().Contains("Rejected", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_is_waited_for_and_the_card_is_posted_again_only_after_that()
    {
        teams.Next(_ => new SendOutcome.Unknown("timeout"));
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync(idle: false);
        await UntilAsync(() => story.Clock.WaitingTimers > 0);
        story.Clock.Advance(TimeSpan.FromMinutes(4));
        teams.Posts.ShouldBe(1);
        story.Clock.Advance(TimeSpan.FromMinutes(2));
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        teams.Posts.ShouldBe(2);
        Facts<CardPosted>().ShouldHaveSingleItem().Adopted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_card_that_a_click_found_again_is_updated_and_never_posted_twice()
    {
        teams.Next(_ => new SendOutcome.Unknown("timeout"));
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync(idle: false);
        await UntilAsync(() => story.Clock.WaitingTimers > 0);
        story.Append(
            StreamId.Card(story.Id),
            new CardPosted(story.Id, IncidentScript.Channel.ConversationId, "https://x/",
                Conversation(IncidentScript.Channel.ConversationId + ";messageid=m1"), "m1", 0,
                Adopted: true), Actor.Service("cards"));
        await HandOverAsync();
        story.Clock.Advance(TimeSpan.FromMinutes(10));
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        teams.Posts.ShouldBe(1);
        teams.Updates.ShouldBe(1);
    }

    [Theory]
    [InlineData(Failpoint.CardSending, 0)]
    [InlineData(Failpoint.CardSent, 1)]
    [InlineData(Failpoint.CardPosted, 1)]
    public async Task After_a_crash_the_card_is_there_and_no_second_one_is_sent_before_the_wait_is_over(string point, int postsBefore)
    {
        var crash = new CrashAt(point);
        sync = Restarted(crash);
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync(idle: false);
        await crash.Reached.WaitAsync(Token);
        teams.Posts.ShouldBe(postsBefore);

        sync = Restarted();
        handed = 0;
        await HandOverAsync(idle: false);
        if (point != Failpoint.CardPosted)
        {
            await UntilAsync(() => story.Clock.WaitingTimers > 0);
            teams.Posts.ShouldBe(postsBefore);
            story.Clock.Advance(TimeSpan.FromMinutes(6));
        }
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        Facts<CardPosted>().ShouldHaveSingleItem();
        teams.Posts.ShouldBe(point == Failpoint.CardSent ? 2 : 1);
    }

    [Fact]
    public async Task After_a_crash_between_update_and_record_the_update_is_repeated_on_the_same_message()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        const string Answering = "answering";
        var crash = new CrashAt(Answering);
        teams.Next(result =>
        {
            crash.Reach(Answering);
            return result;
        });
        story.Decided(DecisionKind.Approve);
        await HandOverAsync(idle: false);
        await crash.Reached.WaitAsync(Token);
        Facts<CardUpdated>().ShouldBeEmpty();
        sync = Restarted();
        await sync.StartAsync(Token);
        await UntilAsync(() => Facts<CardUpdated>().Count == 1);
        teams.Updates.ShouldBe(2);
        teams.Shown.Keys.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_start_needs_no_entry_to_find_what_is_missing()
    {
        story.Linked().Opened().Drafted().Staged();
        await sync.StartAsync(Token);
        await UntilAsync(() => Facts<CardPosted>().Count == 1);
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task Two_instances_post_one_card()
    {
        story.Linked().Opened().Drafted().Staged();
        var second = Restarted();
        teams.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = story.Ledger.Entries(story.Tenant.Id)[^1];
        await Task.WhenAll(sync.HandleAsync(entry, Token), second.HandleAsync(entry, Token));
        await UntilAsync(() => teams.Posts == 1 && story.Clock.WaitingTimers == 1);
        teams.Gate.SetResult();
        await UntilAsync(() => Facts<CardPosted>().Count == 1);
        entry = story.Ledger.Entries(story.Tenant.Id)[^1];
        await Task.WhenAll(sync.HandleAsync(entry, Token), second.HandleAsync(entry, Token));
        await Task.WhenAll(sync.IdleAsync(), second.IdleAsync()).WaitAsync(Hang.Limit, Token);
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task A_newly_linked_conversation_gets_what_is_open_and_nothing_that_was_over()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Reject, reason: "no").Closed("rejected");
        var open = new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1002)) { Device = "SRV-DC01" };
        open.Opened().Drafted().Staged();
        await HandOverAsync();
        open.Linked();
        await HandOverAsync();
        Facts<CardPosted>().ShouldHaveSingleItem().About.ShouldBe(Con(1002));
        story.Unlinked();
        open.Decided(DecisionKind.Approve);
        await HandOverAsync();
        teams.Updates.ShouldBe(0);
    }

    [Fact]
    public async Task An_escalation_channel_is_told_only_once_something_is_escalated()
    {
        story.Linked(escalation: true).Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
        story.Append(StreamId.Proposal(story.Id), new ProposalEscalated(story.Id, 1, Role.Manager), Actor.Service("gates"));
        await HandOverAsync();
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task A_conversation_linked_while_much_is_open_gets_one_list_and_then_the_card_of_what_changes()
    {
        var open = Enumerable.Range(1001, 19)
            .Select(number => new IncidentScript(ledger: story.Ledger, clock: story.Clock,
                about: Con(number)) { Device = $"SRV-{number}" })
            .ToList();
        open.ForEach(static one => one.Opened().Drafted().Staged());
        await HandOverAsync();
        story.Linked();
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
        var linked = story.Ledger.Entries(story.Tenant.Id)[^1];
        var lists = Lists();
        lists.GetPartitionKey(linked).ShouldNotBeNull();
        await lists.HandleAsync(linked, Token);
        await lists.HandleAsync(linked, Token);
        teams.Posts.ShouldBe(1);
        var list = teams.Shown["m1"].ToJsonString();
        list.ShouldContain("19 open for Contoso Ltd");
        list.ShouldContain("and 9 more");
        Enumerable.Range(1001, 19).Count(number => list.Contains($"\"incident\":\"CON-{number}\"", StringComparison.Ordinal))
            .ShouldBe(10, "as many buttons as lines");
        (await story.StateAsync()).Channels.Count.ShouldBe(1);

        story.Append(StreamId.Freeze, new FreezeSet("migration weekend"), IncidentScript.Dana.AsActor());
        open[4].Decided(DecisionKind.Snooze, complete: false, until: story.Clock.GetUtcNow().AddHours(1));
        await HandOverAsync();
        Facts<CardPosted>().ShouldHaveSingleItem().About.ShouldBe(Con(1005));
        new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1020)) { Device = "SRV-NEW" }.Opened().Drafted().Staged();
        await HandOverAsync();
        Facts<CardPosted>().Select(static posted => posted.About).ShouldBe([Con(1005), Con(1020)]);
    }

    [Fact]
    public async Task What_escalates_together_is_one_list_in_the_conversation_for_escalations()
    {
        story.Linked(escalation: true);
        var open = Enumerable.Range(1001, 14)
            .Select(number => new IncidentScript(ledger: story.Ledger, clock: story.Clock,
                about: Con(number)) { Device = $"SRV-{number}" })
            .ToList();
        open.ForEach(static one => one.Opened().Drafted().Staged());
        foreach (var (position, one) in open.Index())
            one.Append(StreamId.Proposal(one.Id), new ProposalEscalated(one.Id, 1, Role.Manager) { Among = new(position, open.Count) },
                Actor.Service("deadlines"));
        await HandOverAsync();
        teams.Posts.ShouldBe(0);
        var lists = Lists();
        foreach (var entry in story.Ledger.Entries(story.Tenant.Id).Where(entry => lists.GetPartitionKey(entry) is not null))
            await lists.HandleAsync(entry, Token);
        teams.Posts.ShouldBe(1);
        teams.Shown["m1"].ToJsonString().ShouldContain("14 escalated for Contoso Ltd");
        open[0].Decided(DecisionKind.Approve);
        await HandOverAsync();
        Facts<CardPosted>().ShouldHaveSingleItem().About.ShouldBe(Con(1001));
    }

    [Fact]
    public async Task A_conversation_that_refuses_us_is_unlinked_on_record()
    {
        teams.Next(_ => new SendOutcome.Refused(RefusalReason.Forbidden, "BotNotInConversationRoster", "no"));
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        Facts<ChannelUnlinked>().ShouldHaveSingleItem().Reason.ShouldContain("BotNotInConversationRoster");
        await HandOverAgainAsync();
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task A_post_that_is_refused_for_a_reason_nobody_knows_is_tried_again_and_the_conversation_stays_linked()
    {
        teams.Next(_ => new SendOutcome.Refused(RefusalReason.Forbidden, "Injected", "no"));
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync(idle: false);
        await UntilAsync(() => story.Clock.WaitingTimers > 0);
        story.Clock.Advance(TimeSpan.FromMinutes(1));
        await sync.IdleAsync();
        Facts<ChannelUnlinked>().ShouldBeEmpty();
        teams.Posts.ShouldBe(2);
        Facts<CardPosted>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_update_that_is_refused_concerns_that_card_alone()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        for (var refusal = 0; refusal < 20; refusal++)
            teams.Next(_ => new SendOutcome.Refused(RefusalReason.Forbidden, "BotNotInConversationRoster", "no"));
        story.Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1));
        await HandOverAsync(idle: false);
        while (!sync.IdleAsync().IsCompleted)
        {
            await UntilAsync(() => story.Clock.WaitingTimers > 0 || sync.IdleAsync().IsCompleted);
            story.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Facts<ChannelUnlinked>().ShouldBeEmpty();
        teams.Updates.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task When_the_only_channel_is_lost_the_one_for_escalations_shows_everything_and_is_told()
    {
        teams.Next(_ => new SendOutcome.Refused(RefusalReason.Forbidden, "BotNotInConversationRoster", "no"));
        story.Linked().Opened().Drafted().Staged();
        var escalations = new ChannelLinked(
            IncidentScript.Channel with { ConversationId = Conversation("19:escal01@thread.tacv2"), Name = "Escalations" },
            Escalation: true);
        story.Append(StreamId.Channels, escalations, Actor.Service("gates"));
        await HandOverAsync();
        await HandOverAgainAsync();
        (await story.IncidentAsync()).Cards[Conversation("19:escal01@thread.tacv2")].ActivityId.ShouldNotBeNull();

        var lost = (await story.Ledger.ReadStreamAsync(story.Tenant.Id, StreamId.Channels, Token)).Single(
            entry => entry.Fact is ChannelUnlinked);
        var notice =
            new LostChannelNotice(story.Ledger, story.States, teams, new KnownConversations(), NullLogger<LostChannelNotice>.Instance);
        notice.GetPartitionKey(lost).ShouldNotBeNull();
        await notice.HandleAsync(lost, Token);
        var told = teams.Texts.ShouldHaveSingleItem();
        told.ShouldContain("alerts are no longer shown");
        told.ShouldContain("'Alerts'");
        told.ShouldContain("1 incident is open");
        var sent = Facts<MessageSent>().Single(sent => sent.Purpose == LostChannelNotice.Purpose);
        (sent.ConversationId, sent.Outcome).ShouldBe((Conversation("19:escal01@thread.tacv2"), MessageOutcome.Sent));
    }

    [Theory]
    [InlineData(RefusalReason.TooBig)]
    [InlineData(RefusalReason.BadRequest)]
    public async Task A_card_that_is_refused_is_announced_and_sent_again_only_when_the_incident_has_changed(RefusalReason reason)
    {
        teams.Next(_ => new SendOutcome.Refused(reason, "MessageSizeTooBig", "no"));
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        for (var sweep = 0; sweep < 3; sweep++)
        {
            story.Clock.Advance(TimeSpan.FromMinutes(6));
            await HandOverAgainAsync();
        }
        teams.Posts.ShouldBe(1);
        Facts<CardSending>().ShouldHaveSingleItem();

        story.Decided(DecisionKind.Snooze, complete: false, until: story.Clock.GetUtcNow().AddHours(1));
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        Facts<CardPosted>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_update_that_is_refused_is_sent_again_only_when_the_incident_has_changed()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Next(_ => new SendOutcome.Refused(RefusalReason.TooBig, "MessageSizeTooBig", "no"));
        story.Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1));
        await HandOverAsync();
        await HandOverAgainAsync();
        teams.Updates.ShouldBe(1);
        story.Decided(DecisionKind.Reject, reason: "known").Closed("rejected");
        await HandOverAsync();
        teams.Updates.ShouldBeGreaterThan(1);
        Facts<CardUpdated>()[^1].ShownSeq.ShouldBe((await story.IncidentAsync()).LastSeq);
    }

    [Fact]
    public async Task A_card_that_somebody_deleted_comes_back_while_it_matters()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Next(_ => new SendOutcome.Refused(RefusalReason.Gone, "ActivityNotFoundInConversation", "no"));
        story.Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1));
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        (await story.IncidentAsync()).Cards.Values.Single().ActivityId.ShouldBe("m2");
    }

    [Fact]
    public async Task A_notice_is_on_record_before_it_is_sent_and_not_sent_again_after_a_crash()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        var crash = new CrashAt(Failpoint.NoticeSending);
        sync = Restarted(crash);
        story.Decided(DecisionKind.Reject, reason: "Not today.").Closed("rejected");
        await HandOverAsync(idle: false);
        await crash.Reached.WaitAsync(Token);
        Facts<NoticeSending>().ShouldHaveSingleItem();

        sync = Restarted();
        await HandOverAgainAsync();
        teams.Texts.ShouldBeEmpty("nobody knows whether it arrived");
        Facts<NoticeSending>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_notice_that_a_crash_prevented_is_sent_after_it_unless_it_is_old_news()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        var crash = new CrashAt(Failpoint.CardUpdated);
        sync = Restarted(crash);
        story.Decided(DecisionKind.Reject, reason: "Not today.").Closed("rejected");
        await HandOverAsync(idle: false);
        await crash.Reached.WaitAsync(Token);
        var old = Restarted();
        sync = Restarted();
        await HandOverAgainAsync();
        teams.Texts.ShouldHaveSingleItem().ShouldContain("Not today.");
        Facts<MessageSent>().ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.Sent);

        var second = new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1002)) { Device = "SRV-DC01" };
        second.Opened().Drafted().Staged();
        await HandOverAsync();
        second.Decided(DecisionKind.Reject, reason: "Too late to tell.").Closed("rejected");
        story.Clock.Advance(TimeSpan.FromHours(3));
        await HandOverAsync();
        teams.Texts.ShouldHaveSingleItem();
        await old.StopAsync(Token);
    }

    [Fact]
    public async Task A_notice_that_certainly_did_not_arrive_when_the_bot_stopped_is_recorded_so()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.TextsNotSent = int.MaxValue;
        story.Decided(DecisionKind.Reject, reason: "Not today.").Closed("rejected");
        await HandOverAsync(idle: false);
        await UntilAsync(() => Facts<NoticeSending>().Count == 1 && story.Clock.WaitingTimers > 0);
        await sync.StopAsync(Token);
        Facts<MessageSent>().ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.NotSent);
    }

    [Fact]
    public async Task An_escalation_is_told_once_under_the_card_that_is_there()
    {
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        story.Append(StreamId.Proposal(story.Id), new ProposalEscalated(story.Id, 1, Role.Manager), Actor.Service("deadlines"));
        await HandOverAsync();
        await HandOverAgainAsync();
        teams.Texts.ShouldHaveSingleItem().ShouldContain("(warning): escalated to the managers");
    }

    [Fact]
    public async Task A_planned_freeze_is_shown_when_it_begins_and_gone_when_it_ends_though_nothing_is_recorded()
    {
        policy = policy with { Freezes = [new("year-end close", new(IncidentScript.Start.AddHours(1), IncidentScript.Start.AddHours(2)))] };
        sync = Restarted();
        story.Linked().Opened().Drafted().Staged();
        await sync.StartAsync(Token);
        await HandOverAsync();
        await UntilAsync(() => teams.Shown.ContainsKey("m1"));
        IsFrozen().ShouldBeFalse();
        await AdvanceUntilAsync(() => Task.FromResult(story.Clock.GetUtcNow() > IncidentScript.Start.AddMinutes(59)));
        teams.Updates.ShouldBe(0);

        await UntilAsync(() => story.Clock.WaitingTimers > 0);
        story.Clock.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(IsFrozen);
        teams.Shown["m1"].ToJsonString().ShouldContain("Frozen as planned: ");
        teams.Shown["m1"].ToJsonString().ShouldContain("{{TIME(2026-11-21T05:00:00Z)}}");
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        await HandOverAgainAsync();
        teams.Updates.ShouldBe(1);

        await AdvanceUntilAsync(() => Task.FromResult(!IsFrozen()));
        story.Clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(IncidentScript.Start.AddHours(2));
        await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
        teams.Updates.ShouldBe(2);

        bool IsFrozen() => teams.Shown["m1"].ToJsonString().Contains("year-end close", StringComparison.Ordinal);
    }

    private OpenIncidentsList Lists() => new(story.Ledger, story.States, new TwoTenants(), teams, new KnownConversations(), story.Clock);

    [Fact]
    public async Task Under_the_kill_switch_nothing_new_is_posted_and_what_is_shown_stays_true()
    {
        var thrown = new HandSwitch(story.Tenant.Id);
        killSwitch = thrown;
        sync = Restarted();
        story.Linked().Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Posts.ShouldBe(1);
        thrown.Throw();
        story.Append(StreamId.Switch, new SwitchThrown("The kill switch pauses everything."), Actor.Service("kill-switch"));
        new IncidentScript(story.Tenant, Con(1002), story.Ledger, story.Clock).Opened().Drafted().Staged();
        await HandOverAsync();
        teams.Posts.ShouldBe(1);
        var shown = teams.Shown.Values.ShouldHaveSingleItem().ToJsonString();
        shown.ShouldContain("The kill switch is on");
        shown.ShouldNotContain("\"Approve\"");
        thrown.Lift();
        story.Append(StreamId.Switch, new SwitchLifted(IncidentScript.Start), Actor.Service("kill-switch"));
        await HandOverAsync();
        teams.Posts.ShouldBe(2);
        teams.Shown.Values.ShouldAllBe(card => !card.ToJsonString().Contains("The kill switch is on", StringComparison.Ordinal));
    }

    private CardSync Restarted(CrashAt? crash = null)
    {
        Failpoints.Arm(crash is null ? null : crash.Reach);
        var states = new TenantStates(story.Ledger, CoreFeatures.Catalog);
        var views =
            TestViews.For(story, new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver), policy: policy);
        var made = new CardSync(
            new(views, teams, new KnownConversations()), new(story.Ledger, states, NullLogger<CardRecord>.Instance),
            new(new EveryTenant(new TwoTenants()), killSwitch), states, new TwoTenants(), Options.Create(options), story.Clock,
            NullLogger<CardSync>.Instance);
        checkpoints.Add(made);
        return made;
    }

    /// <summary>Plays the subscription: every entry since the last time, in order.</summary>
    private async Task HandOverAsync(bool idle = true)
    {
        foreach (var entry in story.Ledger.Entries(story.Tenant.Id).Where(
            entry => entry.Seq > handed && sync.GetPartitionKey(entry) is not null))
            await sync.HandleAsync(entry, Token);
        handed = story.Ledger.Entries(story.Tenant.Id).Count;
        if (idle)
            await sync.IdleAsync().WaitAsync(Hang.Limit, Token);
    }

    private Task HandOverAgainAsync()
    {
        handed = 0;
        return HandOverAsync();
    }

    private IReadOnlyList<TFact> Facts<TFact>() where TFact : Fact => story.Ledger.Facts<TFact>(story.Tenant.Id);

    /// <summary>Lets time pass, only while somebody waits for it: whoever is busy would find that hours have gone by.</summary>
    private async Task AdvanceUntilAsync(Func<Task<bool>> isTrue)
    {
        for (var waited = Stopwatch.StartNew(); !await isTrue(); await Task.Delay(1, Token))
        {
            waited.Elapsed.ShouldBeLessThan(Hang.Limit);
            if (story.Clock.WaitingTimers > 0)
                story.Clock.Advance(TimeSpan.FromSeconds(10));
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue, [CallerArgumentExpression(nameof(isTrue))] string what = "")
    {
        var waited = Stopwatch.StartNew();
        while (!isTrue())
        {
            waited.Elapsed.ShouldBeLessThan(Hang.Limit, what);
            await Task.Delay(1, Token);
        }
    }
}

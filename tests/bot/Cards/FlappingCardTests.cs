using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>An alert that ends and fires again has one card, which says so and asks anew.</summary>
public sealed class FlappingCardTests
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);
    private readonly IncidentScript story = new IncidentScript().Linked().Opened().Drafted().Staged();

    [Fact]
    public async Task The_card_says_how_often_in_what_time_and_how_it_stands()
    {
        VisibleWords.For(await CardAsync()).ShouldNotContain("fired", Case.Insensitive);
        story.Flapped().Drafted(2).Staged(revision: 2);
        VisibleWords.For(await CardAsync()).ShouldContain("Fired 2 times in 8 min, now firing.");
        story.Flapped(4, revision: 2).Drafted(3).Staged(revision: 3);
        var card = await CardAsync();
        VisibleWords.For(card).ShouldContain("Flapping: fired 6 times in 40 min, now firing.");
        card.ToJsonString().ShouldContain("\"verb\":\"approve\"");
        CardSchema.Problems(card).ShouldBeEmpty();
        story.Flapped(revision: 3);
        VisibleWords.For(await CardAsync()).ShouldContain("Fires again – drafting anew");
        (await CardAsync()).ToJsonString()
            .ShouldNotContain("\"verb\":\"approve\"", Case.Insensitive, "what was drafted before rests on readings of then");
    }

    [Fact]
    public async Task Every_alert_that_fires_is_named_on_the_card()
    {
        VisibleWords.For(await CardAsync()).ShouldNotContain("Also firing");
        story.AlsoFires("b", "Script *one* failed").AlsoFires("c", "Script two failed");
        var card = await CardAsync();
        VisibleWords.For(card).ShouldContain("Script two failed");
        VisibleWords.For(card).ShouldContain("Also firing: ");
        VisibleWords.For(card).ShouldContain("Script *one* failed");
        CardSchema.Problems(card).ShouldBeEmpty();
        foreach (var more in Enumerable.Range(1, 6))
            story.AlsoFires($"d{more}", $"Script {more} of many failed");
        VisibleWords.For(await CardAsync()).ShouldContain(" and 3 more");
    }

    [Fact]
    public async Task That_it_fires_again_is_told_under_the_card_and_further_times_at_most_every_ten_minutes()
    {
        await PostAsync();
        await ShowAsync();
        story.Flapped(minutes: 1).Drafted(2).Staged(revision: 2);
        await ShowAsync();
        var told = (await NextAsync()).ShouldBeOfType<NextStep.Tell>();
        var about = story.Ledger.Entries(IncidentScript.Contoso.Id).Single(entry => entry.Seq == told.AboutSeq);
        OutcomeNotice.For(await story.IncidentAsync(), about)
            .ShouldBe("**CON-1001** (warning): fires again after it had ended by itself. Fired 2 times in 1 min, now firing. Its card "
                + "asks anew.");
        story.Append(StreamId.Card(story.Id), new NoticeSending(story.Id, IncidentScript.Channel.ConversationId, told.AboutSeq),
            Actor.Service("cards"));
        var first = story.Clock.GetUtcNow();

        story.Flapped(3, revision: 2, minutes: 2).Drafted(3).Staged(revision: 3);
        await ShowAsync();
        (await NextAsync()).ShouldBeOfType<NextStep.WaitUntil>().Time.ShouldBe(first.AddMinutes(10));
        story.Clock.Advance(TimeSpan.FromMinutes(4));
        (await NextAsync()).ShouldBeOfType<NextStep.Tell>("it still fires then, and nobody was told");
    }

    [Fact]
    public async Task What_has_ended_once_more_is_not_told()
    {
        await PostAsync();
        story.Flapped(minutes: 1).Closed(ClosedReasons.Resolved);
        await ShowAsync();
        (await NextAsync()).ShouldBeOfType<NextStep.Nothing>();
    }

    private async Task PostAsync() => story
        .Append(StreamId.Card(story.Id), new CardSending(story.Id, IncidentScript.Channel.ConversationId), Actor.Service("cards"))
        .Append(
            StreamId.Card(story.Id),
            new CardPosted(
                story.Id, IncidentScript.Channel.ConversationId, IncidentScript.Channel.ServiceUrl, Conversation("19:thread"), "activity-1",
                (await story.IncidentAsync()).LastSeq, Adopted: false),
            Actor.Service("cards"));

    private async Task ShowAsync() => story.Append(
        StreamId.Card(story.Id), new CardUpdated(
            story.Id, IncidentScript.Channel.ConversationId, "activity-1", (await story.IncidentAsync()).LastSeq), Actor.Service("cards"));

    private async Task<NextStep> NextAsync() =>
        NextStep.For(await story.StateAsync(), await story.IncidentAsync(), IncidentScript.Channel.ConversationId,
            story.Clock.GetUtcNow(), TimeLimit);

    private async Task<JsonNode> CardAsync() =>
        IncidentCard.Build(TestViews.For(story, new GivenAccess { EverybodyIsAdministrator = true })
            .ForEverybody(await story.StateAsync(), await story.IncidentAsync(), Anywhere)).AsReceived();
}

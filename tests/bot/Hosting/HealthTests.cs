using System.Net;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Tests.Hosting;

public sealed class HealthTests
{
    private static readonly Dictionary<string, string> Problems = new() { ["contoso"] = "https://vault.example refuses to sign" };

    [Fact]
    public void This_machine_is_told_whose_ledger_is_not_signed_and_why() => Health.Told(From("127.0.0.1"), Problems).ShouldBe(Problems);

    [Theory]
    [InlineData("203.0.113.7", null)]
    [InlineData("127.0.0.1", "X-Forwarded-For")]
    [InlineData("::1", "Forwarded")]
    public void Others_are_told_how_many(string address, string? header)
    {
        var http = From(address);
        if (header is not null)
            http.Request.Headers[header] = "for=203.0.113.7";
        var told = Health.Told(http, Problems).ShouldNotBeNull().ShouldHaveSingleItem();
        (told.Key + told.Value).ShouldNotContain("contoso");
        told.Value.ShouldStartWith("1 ");
        told.Value.ShouldNotContain("vault");
    }

    [Fact]
    public void Nothing_is_told_when_all_is_well() => Health.Told(From("203.0.113.7"), new Dictionary<string, string>()).ShouldBeNull();

    [Fact]
    public async Task Incidents_that_no_conversation_shows_are_named()
    {
        var story = new IncidentScript();
        story.Linked().Opened().Drafted().Staged();
        Health.Unseen([await story.StateAsync()], story.Clock.GetUtcNow()).ShouldBeEmpty();
        story.Append(StreamId.Channels, new ChannelUnlinked(IncidentScript.Channel.ConversationId, "gone") { Lost = true },
            Actor.Service("cards"));
        Health.Unseen([await story.StateAsync()], story.Clock.GetUtcNow()).ShouldHaveSingleItem().Value
            .ShouldContain("1 open incident is shown in no conversation");
    }

    [Fact]
    public async Task So_are_those_whose_cards_Teams_does_not_take_for_a_while()
    {
        var story = new IncidentScript();
        story.Linked().Opened().Drafted().Staged();
        var now = story.Clock.GetUtcNow();
        Health.Unseen([await story.StateAsync()], now.AddMinutes(4)).ShouldBeEmpty();
        Health.Unseen([await story.StateAsync()], now.AddMinutes(6)).ShouldHaveSingleItem().Value
            .ShouldContain("Teams does not take the cards");
        story.Append(
            StreamId.Card(story.Id),
            new CardPosted(story.Id, IncidentScript.Channel.ConversationId, "http://localhost/", IncidentScript.Channel.ConversationId,
                "a-1", 1, false),
            Actor.Service("cards"));
        Health.Unseen([await story.StateAsync()], now.AddMinutes(6)).ShouldBeEmpty();
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}

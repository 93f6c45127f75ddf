using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Common;

public sealed class ConversationIdTests
{
    [Theory]
    [InlineData("19:chan@thread.tacv2", "19:chan@thread.tacv2", false, null)]
    [InlineData("19:chan@thread.tacv2;messageid=1776", "19:chan@thread.tacv2", true, "1776")]
    [InlineData("a:1dana", "a:1dana", false, null)]
    [InlineData("", "", false, null)]
    public void A_thread_is_a_channel_with_a_message(string text, string root, bool isThread, string? message)
    {
        var id = Conversation(text);
        id.ShouldSatisfyAllConditions(
            () => id.Root.ShouldBe(Conversation(root)), () => id.IsThread.ShouldBe(isThread), () => id.ThreadMessage.ShouldBe(message),
            () => id.ToString().ShouldBe(text));
    }

    [Fact]
    public void It_is_compared_as_Teams_wrote_it()
    {
        Conversation("a:1Dana").ShouldNotBe(Conversation("a:1dana"));
        Conversation("").ShouldBe(default);
        ConversationId.From(null).ShouldBe(default);
    }

    [Fact]
    public void A_log_shows_it_as_something_that_outsiders_write()
    {
        Untrusted shown = Conversation("19:\nforged");
        shown.ToString().ShouldBe("19:\\u000aforged");
    }

    [Fact]
    public void It_is_stored_as_its_text()
    {
        JsonSerializer.Serialize(Conversation("a:1dana")).ShouldBe("\"a:1dana\"");
        JsonSerializer.Deserialize<ConversationId>("\"a:1dana\"").ShouldBe(Conversation("a:1dana"));
    }

    [Fact]
    public void Facts_keep_it_as_they_always_did()
    {
        var posted = new CardPosted(
            Con(1001), Conversation("19:chan"), "https://smba", Conversation("19:chan;messageid=7"), "7", 12, Adopted: false);
        ShouldBeStored(
            posted,
            """{"activityId":"7","adopted":false,"conversationId":"19:chan","incidentId":"CON-1001","serviceUrl":"https://smba","""
            + "\"shownSeq\":12,\"threadId\":\"19:chan;messageid=7\"}");
        ShouldBeStored(new ChannelUnlinked(Conversation("19:chan"), "asked"), """{"conversationId":"19:chan","reason":"asked"}""");
    }

    private static void ShouldBeStored(Fact fact, string json)
    {
        var stored = CoreFeatures.Catalog.Serialize(fact);
        System.Text.Encoding.UTF8.GetString(stored).ShouldBe(json);
        CoreFeatures.Catalog.Deserialize(CoreFeatures.Catalog.GetName(fact), stored).ShouldBe(fact);
    }
}

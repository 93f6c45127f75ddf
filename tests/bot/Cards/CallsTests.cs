using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Tests.Cards;

public sealed class CallsTests
{
    [Fact]
    public void Who_is_here_is_mentioned_and_the_others_are_named_or_counted()
    {
        var calls = new CardMentions(
            Calls.For(new Deciders(["Ada Approver", "Ben Boss"], 2) { Ids = [Who("a"), Who("b")] },
                [new("29:ada", Who("A"), "Ada Approver")]));
        calls.Markdown.ShouldBe("<at>Ada Approver</at>, Ben Boss and 2 others");
        var entity = calls.Entities.ShouldHaveSingleItem().AsReceived();
        ((string?)entity["text"], (string?)entity["mentioned"]!["id"]).ShouldBe(("<at>Ada Approver</at>", "29:ada"));
    }

    [Theory]
    [InlineData("</at><at>Everyone")]
    [InlineData("Ada *A*")]
    [InlineData("Ada\u202Egnp.exe")]
    [InlineData("{{DATE(2026-11-29T00:00:00Z)}}")]
    [InlineData("A name that is longer than any name on a card is ever allowed to be")]
    public void A_name_that_could_be_read_as_something_else_is_never_in_a_mention(string name)
    {
        var calls = new CardMentions(Calls.For(new Deciders([name], 0) { Ids = [Who("a")] }, [new("29:ada", Who("a"), name)]));
        calls.Any.ShouldBeFalse();
        calls.Entities.ShouldBeEmpty();
        calls.Markdown.ShouldNotContain("<at>");
    }

    [Fact]
    public void Two_of_one_name_are_not_told_apart_by_it_so_neither_is_mentioned() =>
        new CardMentions(
            Calls.For(new Deciders(["Ben", "Ben"], 0) { Ids = [Who("a"), Who("b")] },
                [new("29:a", Who("a"), "Ben"), new("29:b", Who("b"), "Ben")])).Any
            .ShouldBeFalse();

    [Fact]
    public void Whom_Teams_calls_otherwise_here_is_not_mentioned() =>
        new CardMentions(Calls.For(new Deciders(["Ada"], 0) { Ids = [Who("a")] }, [new("29:a", Who("a"), "Ada Approver")])).Any
            .ShouldBeFalse();
}

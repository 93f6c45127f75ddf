using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Tests.Teams;

public sealed class ConversationKindTests
{
    [Theory]
    [InlineData("a:1dana", "personal", null, "personal")]
    [InlineData("a:1dana", null, null, "personal")]
    [InlineData("a:1dana", null, true, "groupChat")]
    [InlineData("19:chat@thread.v2", null, null, "groupChat")]
    [InlineData("19:chan@thread.tacv2;messageid=1", null, false, "groupChat")]
    [InlineData("19:chan@thread.tacv2", "channel", null, "channel")]
    public void A_place_is_personal_only_where_nothing_says_that_others_read_along(string id, string? type, bool? isGroup, string kind) =>
        ConversationRef.From(new Activity { Type = "message", Conversation = new(id, ConversationType: type, IsGroup: isGroup) }).Kind
            .ShouldBe(kind);
}

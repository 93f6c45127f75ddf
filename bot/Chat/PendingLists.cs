using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat;

/// <summary>What is open, a page at a time: asked for by name or by the conversation, or turned to with a button of the list.</summary>
internal sealed class PendingLists(ClientResolver clients, Visibility visibility, TimeProvider clock, SubjectViews? subjects = null)
{
    /// <param name="word">The client; null for the conversation's, or all that may be talked about there.</param>
    public async Task<OutgoingMessage> PageAsync(ChatTurn turn, string? word, int page, CancellationToken cancellationToken)
    {
        var (asked, refused) = await clients.AllAsync(turn, word, cancellationToken);
        if (refused is not null)
            return refused;
        var leftOut = word is null ? visibility.LeftOut(turn.Person, turn.Conversation) : null;
        var named = word is null ? null : asked[0].Tenant.Id.Value;
        var view = PendingView.For([.. asked.Select(static client => (client.Tenant, client.State))], clock.GetUtcNow(), page, subjects);
        return Reply.Card(PendingCard.Build(view with { LeftOut = leftOut, AskedFor = named }));
    }
}

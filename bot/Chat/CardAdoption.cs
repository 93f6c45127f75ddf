using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Holds the message that was clicked against the cards that are known to be in its conversation.</summary>
internal sealed class CardAdoption(ILedger ledger, ILogger<CardAdoption> logger)
{
    /// <summary>The message that was clicked is known to show another incident.</summary>
    public static bool IsForeign(Sought.Found found, TurnContext context, CardAction action) =>
        action.ReplyToId is { } clicked
        && found.Incident.Cards.GetValueOrDefault(context.Conversation.ChannelId)?.ActivityId != clicked
        && found.Where.State.Incidents.Values.Any(other =>
            other.Id != found.Incident.Id && other.Cards.GetValueOrDefault(context.Conversation.ChannelId)?.ActivityId == clicked);

    /// <summary>A card whose send was not answered tells us its id with the first click on it.</summary>
    public async Task AdoptAsync(
        Sought.Found found, TurnContext context, CardAction action, ClickData data, CancellationToken cancellationToken)
    {
        var conversation = context.Conversation;
        if (data.IsCopy || action.ReplyToId is not { } clicked
            || found.Incident.Cards.GetValueOrDefault(conversation.ChannelId) is not { ActivityId: null })
            return;
        var posted = new CardPosted(
            found.Incident.Id, conversation.ChannelId, conversation.ServiceUrl, conversation.ConversationId, clicked, ShownSeq: 0,
            Adopted: true);
        var appended = await ledger.AppendAsync(
            found.Where.Tenant.Id,
            [new(StreamId.Card(found.Incident.Id), found.Incident.CardVersion)],
            [new(StreamId.Card(found.Incident.Id), Actor.Service("cards"), found.Incident.Correlation, posted)],
            cancellationToken);
        if (appended is AppendResult.Appended)
            logger.Adopted(found.Incident.Id, conversation.ChannelId, clicked);
    }
}

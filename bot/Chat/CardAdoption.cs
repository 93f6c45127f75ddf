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
    /// <param name="shown">What the conversation is known to show of it; null for nothing.</param>
    /// <param name="version">Of its card's stream.</param>
    public async Task AdoptAsync(
        Pressed pressed, ShownCard? shown, long version, TurnContext context, CardAction action, CancellationToken cancellationToken)
    {
        var conversation = context.Conversation;
        if (pressed.Data.IsCopy || action.ReplyToId is not { } clicked || shown is not { ActivityId: null })
            return;
        var (proposal, subject) = (pressed.Proposal, pressed.Proposal.Subject);
        var posted = new CardPosted(
            subject, conversation.ChannelId, conversation.ServiceUrl, conversation.ConversationId, clicked, ShownSeq: 0, Adopted: true);
        var appended = await ledger.AppendAsync(
            proposal.Tenant,
            [new(StreamId.Card(subject), version)],
            [new(StreamId.Card(subject), Actor.Service("cards"), proposal.Correlation, posted)],
            cancellationToken);
        if (appended is AppendResult.Appended)
            logger.Adopted(subject, conversation.ChannelId, clicked);
    }
}

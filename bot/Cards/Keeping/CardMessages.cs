using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>Draws incidents' cards and hands them to Teams, at the address that a conversation has now.</summary>
internal sealed class CardMessages(IncidentViews views, IConnectorClient connector, IConversationReferences references)
{
    /// <summary>When something that cards show last began or ended by its date alone; null for never.</summary>
    public DateTimeOffset? TurnedAt(TenantState state) => views.TurnedAt(state);

    /// <summary>When that happens next; null for never.</summary>
    public DateTimeOffset? NextTurn(TenantState state) => views.NextTurn(state);

    /// <summary>Teams moves conversations between addresses; the latest activity from there knows best.</summary>
    public ChannelRef Current(ChannelRef linked) =>
        references.Find(linked.ConversationId) is { } seen ? linked with { ServiceUrl = seen.ServiceUrl } : linked;

    /// <summary>A card that is new where it is posted.</summary>
    public async Task<OutgoingMessage> DrawAnewAsync(
        TenantState state, Incident incident, ConversationId conversationId, CancellationToken cancellationToken)
    {
        await references.PeopleAsync(conversationId, cancellationToken);
        return GetMessage(views.ForEverybodyAnew(state, incident, conversationId));
    }

    public OutgoingMessage Draw(TenantState state, Incident incident, ConversationId conversationId) =>
        GetMessage(views.ForEverybody(state, incident, conversationId));

    /// <param name="unless">Looked at when the message's turn has come: true when it must not be sent after all.</param>
    public Task<SendOutcome> PostAsync(
        ChannelRef channel, OutgoingMessage message, Incident incident, Func<bool> unless, CancellationToken cancellationToken) =>
        connector.PostAsync(Current(channel), message, Urgency(incident) with { Unless = unless }, cancellationToken);

    public Task<SendOutcome> UpdateAsync(
        ChannelRef channel, ShownCard card, OutgoingMessage message, Incident incident, CancellationToken cancellationToken) =>
        connector.UpdateAsync(
            Current(channel).ServiceUrl, card.ThreadId!.Value, card.ActivityId!, message, Urgency(incident), cancellationToken);

    /// <summary>A message under the card.</summary>
    public Task<SendOutcome> ReplyAsync(ChannelRef channel, ShownCard card, OutgoingMessage message, CancellationToken cancellationToken) =>
        connector.SendAsync(Current(channel).ServiceUrl, card.ThreadId!.Value, message, SendOptions.Background, cancellationToken);

    /// <summary>Nothing is to be sent there until an install or a message says otherwise.</summary>
    public void MarkUnusable(ConversationId conversationId, string reason) => references.MarkUnusable(conversationId, reason);

    private static OutgoingMessage GetMessage(IncidentView view) =>
        new() { Card = IncidentCard.Build(view), Summary = IncidentCard.Summary(view) };

    /// <summary>
    /// What waits for a decision about a plan, is about security or a person, or is critical does not wait behind a storm.
    /// </summary>
    private static SendOptions Urgency(Incident incident) =>
        incident.Opened.Scope == IncidentScope.One
        && (incident.Severity == Severity.Critical || incident.IsApart
            || incident is { IsUndecided: true, Staged.Terms.Level: GateLevel.L2 })
            ? SendOptions.Alert
            : SendOptions.Background;
}

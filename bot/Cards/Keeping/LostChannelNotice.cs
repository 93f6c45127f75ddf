using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Completeness;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// When Teams takes no messages in a linked conversation any more, another conversation of the tenant is told, one for escalations first.
/// Where there is none, the log and <c>/readyz</c> say so. After a crash it may be told twice, never not at all.
/// </summary>
internal sealed class LostChannelNotice(
    ILedger ledger, TenantStates states, IConnectorClient connector, IConversationReferences references, ILogger<LostChannelNotice> logger)
    : ILedgerSubscription
{
    /// <summary>What <c>message.sent</c> says the message was about.</summary>
    public const string Purpose = "channel.lost";

    public string Name => "lost-channels";

    public bool WaitsForSwitch => true;

    public string? GetPartitionKey(LedgerEntry entry) =>
        entry.Fact is ChannelUnlinked { Lost: true } lost ? lost.ConversationId.Value : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Fact is not ChannelUnlinked unlinked)
            return;
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        // Somebody spoke to the bot there meanwhile, or linked it again.
        if (state.LostChannels.GetValueOrDefault(unlinked.ConversationId) is not { } lost)
            return;
        var message = new OutgoingMessage { Text = Describe(state, lost.Channel, unlinked.Reason) };
        foreach (var link in state.Channels.Values.OrderByDescending(static link => link.Escalation))
        {
            var place = references.Find(link.Channel.ConversationId) is { } seen
                ? link.Channel with { ServiceUrl = seen.ServiceUrl }
                : link.Channel;
            var outcome = await connector.PostAsync(place, message, SendOptions.Background, cancellationToken);
            if (outcome is SendOutcome.NotSent notSent)
                throw new LostChannelNotToldException(notSent.Message);
            var sent = new MessageSent(
                Purpose, null, place.ConversationId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(), outcome.ForRecord());
            await ledger.AppendAsync(
                entry.Tenant, [], [new(StreamId.Message(place.ConversationId), Actor.Service("cards"), entry.Correlation, sent)],
                CancellationToken.None);
            if (outcome is not SendOutcome.Refused)
                return;
        }
        logger.NobodyToTell(lost.Channel.ConversationId, entry.Tenant);
    }

    private static string Describe(TenantState state, ChannelRef lost, string reason)
    {
        var name = lost.Name is { Length: > 0 } named ? $"the conversation '{CardText.Markdown(named, 60)}'" : "a linked conversation";
        var open = state.Incidents.Values.Count(static incident => incident.IsOpen);
        return $"**{CardText.Markdown(state.Name, 60)}: alerts are no longer shown in {name}.** {CardText.Markdown(reason, 160)} "
            + $"{(open == 1 ? "1 incident is" : $"{open} incidents are")} open. "
            + "Install the app there again or mention the bot there, and the cards come back; or link another conversation.";
    }
}

/// <summary>Teams could not be reached; the subscription tries again after a pause.</summary>
internal sealed class LostChannelNotToldException(string reason) : Exception(
    $"The loss of a conversation could not be told elsewhere yet: {reason}");

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Ends the links of conversations that the app was removed from, and brings them back where Teams delivers again.</summary>
internal sealed class ConversationLinks(ITenantDirectory tenants, TenantStates states, ILedger ledger, ILogger<ConversationLinks> logger)
{
    private const int MaxAttempts = 5;
    private static readonly Actor Teams = Actor.Service("teams");

    /// <summary>Somebody spoke in a conversation: of other channels of the team that says nothing, one of them may be deleted.</summary>
    public Task HeardAsync(TurnContext turn, CancellationToken cancellationToken) =>
        RelinkAsync(turn, channel => channel.ConversationId == turn.Conversation.ChannelId, cancellationToken);

    /// <summary>The app was installed, in every channel of the team.</summary>
    public Task InstalledAsync(TurnContext turn, CancellationToken cancellationToken) =>
        RelinkAsync(turn, channel => IsIn(channel, turn.Conversation), cancellationToken);

    public async Task RemovedAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
        {
            // What is posted for a tenant that cannot be read now finds out by itself that the conversation is gone.
            if (await states.FindAsync(tenant.Id, cancellationToken) is not { } state)
                continue;
            foreach (var link in state.Channels.Values.Where(link => IsIn(link.Channel, turn.Conversation)))
            {
                var unlinked = new ChannelUnlinked(link.Channel.ConversationId, "The app was removed there.") { Lost = true };
                await ledger.AppendAsync(tenant.Id, [], [new(StreamId.Channels, Teams, turn.Correlation, unlinked)], cancellationToken);
                logger.Removed(link.Channel.ConversationId, tenant.Id);
            }
        }
    }

    /// <summary>
    /// Conversations that were lost are heard of again, so Teams delivers there: the links that a person had set come back.
    /// </summary>
    private async Task RelinkAsync(TurnContext turn, Func<ChannelRef, bool> isThere, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await states.FindAsync(tenant.Id, cancellationToken) is not { LostChannels.IsEmpty: false } state)
                    break;
                var lost = state.LostChannels.Values.Where(link => isThere(link.Channel)).ToList();
                if (lost.Count == 0)
                    break;
                var entries = lost.Select(link => new NewEntry(StreamId.Channels, Teams, turn.Correlation, link)).ToList();
                if (await ledger.AppendAsync(
                    tenant.Id, [state.GetVersion(StreamId.Channels)], entries, cancellationToken) is AppendResult.Conflict)
                    continue;
                foreach (var link in lost)
                    logger.Relinked(link.Channel.ConversationId, tenant.Id);
                break;
            }
        }
    }

    /// <summary>Removing the app from a team removes it from every channel of the team.</summary>
    private static bool IsIn(ChannelRef channel, ConversationRef removed) =>
        channel.ConversationId == removed.ChannelId || (removed.TeamId is { } team && channel.TeamId == team);
}

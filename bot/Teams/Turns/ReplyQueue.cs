using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>Replies of turns, sent in the background in the order of their conversation.</summary>
internal sealed class ReplyQueue(BackgroundTurns background, ITurnHandler handler, Replies replies, ILogger<ReplyQueue> logger)
{
    /// <summary>Turns and replies of one conversation wait for each other, those of its threads among them.</summary>
    public static ConversationId GetPartitionKey(Activity activity) => ConversationId.From(activity.Conversation?.Id).Root;

    /// <summary>Returns at once; that the reply could not be sent is logged.</summary>
    public Task QueueAsync(TurnContext turn, OutgoingMessage message, CancellationToken cancellationToken)
    {
        background.QueueReply(GetPartitionKey(turn.Activity), stopping => SendAsync(turn, message, stopping));
        return Task.CompletedTask;
    }

    private async Task SendAsync(TurnContext turn, OutgoingMessage message, CancellationToken stopping)
    {
        using var scope = logger.BeginScope(new TurnScope(turn.Correlation));
        try
        {
            using var timeout = background.CreateTimeout(stopping);
            await handler.OnRepliedAsync(turn, message, await replies.SendAsync(turn, message, timeout.Token));
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, "reply");
        }
    }
}

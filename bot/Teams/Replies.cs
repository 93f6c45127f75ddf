namespace DevOpsAI.Bot.Teams;

/// <summary>Answers into the conversation a turn happens in.</summary>
internal sealed class Replies(IConnectorClient connector, ILogger<Replies> logger)
{
    /// <summary>Sends it; that it was not sent, or that nobody can tell, is logged.</summary>
    public async Task<SendOutcome> SendAsync(TurnContext turn, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var to = turn.Conversation;
        var outcome = to.Kind == "channel" && !to.IsThread
            ? await connector.PostAsync(to.ToChannelRef(), message, SendOptions.Reply, cancellationToken)
            : turn.Activity is { Type: "message", Id: { Length: > 0 } id }
                ? await connector.ReplyAsync(to.ServiceUrl, to.ConversationId, id, message, SendOptions.Reply, cancellationToken)
                : await connector.SendAsync(to.ServiceUrl, to.ConversationId, message, SendOptions.Reply, cancellationToken);
        if (outcome is not SendOutcome.Sent)
            logger.ReplyLost(to.ConversationId, outcome.ToString());
        return outcome;
    }
}

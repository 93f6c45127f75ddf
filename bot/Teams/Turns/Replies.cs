using DevOpsAI.Bot.Teams.Outbound;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>Answers into the conversation a turn happens in.</summary>
internal sealed class Replies(IConnectorClient connector, ILogger<Replies> logger)
{
    /// <summary>Sends it; that it was not sent, or that nobody can tell, is logged.</summary>
    public async Task<SendOutcome> SendAsync(TurnContext turn, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var to = turn.Conversation;
        SendOutcome outcome;
        try
        {
            outcome = await CallAsync(turn, message, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = new SendOutcome.NotSent("given up: Teams did not take it in time, or the bot stops", After: null);
        }
        if (outcome is not SendOutcome.Sent)
            logger.ReplyLost(to.ConversationId, outcome.ToString());
        return outcome;
    }

    private Task<SendOutcome> CallAsync(TurnContext turn, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var to = turn.Conversation;
        if (to.Kind == "channel" && !to.IsThread)
            return connector.PostAsync(to.ToChannelRef(), message, SendOptions.Reply, cancellationToken);
        return turn.Activity is { Type: "message", Id: { Length: > 0 } id }
            ? connector.ReplyAsync(to.ServiceUrl, to.ConversationId, id, message, SendOptions.Reply, cancellationToken)
            : connector.SendAsync(to.ServiceUrl, to.ConversationId, message, SendOptions.Reply, cancellationToken);
    }
}

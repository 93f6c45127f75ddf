using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>One activity and the means to answer it.</summary>
/// <param name="correlation">32 hex digits; in the log scope, in the answer's header and on error messages.</param>
/// <param name="reply">Sends a message into the activity's conversation, or sees to it that it is sent.</param>
public sealed class TurnContext(
    Activity activity, CorrelationId correlation, Func<TurnContext, OutgoingMessage, CancellationToken, Task> reply)
{
    private readonly Lazy<string> text = new(() => Mentions.Strip(activity), LazyThreadSafetyMode.PublicationOnly);

    public Activity Activity => activity;

    public CorrelationId Correlation => correlation;

    /// <summary>Who did it; null for someone whom Entra does not know, who may do nothing.</summary>
    public Person? Person { get; } = activity.Person;

    /// <summary>The sender's id for mentions and <c>refresh.userIds</c>; empty when there is none.</summary>
    public string Mri => activity.From?.Id ?? "";

    /// <summary>What was typed, without the mention of the bot; at most <see cref="Mentions.MaxTextLength"/> characters.</summary>
    public string Text => text.Value;

    /// <summary>
    /// Said to the bot: anything in a personal chat; elsewhere, where Teams may deliver what people say to each other, only what mentions
    /// the bot.
    /// </summary>
    public bool IsAddressed => Conversation.IsPersonal || Mentions.OfRecipient(activity);

    public ConversationRef Conversation { get; init; } = ConversationRef.From(activity);

    /// <summary>
    /// Answers in the same thread or chat. Act before replying: with the first reply Teams is told that the turn was accepted. The message
    /// is sent in its turn, without anybody waiting for it; that it could not be sent is logged.
    /// </summary>
    public Task ReplyAsync(OutgoingMessage message, CancellationToken cancellationToken) => reply(this, message, cancellationToken);

    /// <summary>The same turn, answered elsewhere.</summary>
    internal TurnContext In(ConversationRef conversation) => new(activity, correlation, reply) { Conversation = conversation };
}

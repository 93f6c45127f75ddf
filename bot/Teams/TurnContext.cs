using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams;

/// <summary>One activity and the means to answer it.</summary>
/// <param name="correlation">32 hex digits; in the log scope, in the answer's header and on error messages.</param>
/// <param name="reply">Sends a message into the activity's conversation; null when it could not be sent.</param>
public sealed class TurnContext(Activity activity, string correlation, Func<TurnContext, OutgoingMessage, CancellationToken, Task<string?>> reply)
{
    private readonly Lazy<string> text = new(() => Mentions.Strip(activity), LazyThreadSafetyMode.PublicationOnly);

    public Activity Activity => activity;

    public string Correlation => correlation;

    /// <summary>Who did it; null for someone whom Entra does not know, who may do nothing.</summary>
    public Person? Person { get; } = activity.Person;

    /// <summary>The sender's id for mentions and <c>refresh.userIds</c>; empty when there is none.</summary>
    public string Mri => activity.From?.Id ?? "";

    /// <summary>What was typed, without the mention of the bot; at most <see cref="Mentions.LongestText"/> characters.</summary>
    public string Text => text.Value;

    public ConversationRef Conversation { get; init; } = ConversationRef.Of(activity);

    /// <summary>Answers in the same thread or chat. Null when the message was not sent or nobody can tell; the reason is logged.</summary>
    public Task<string?> ReplyAsync(OutgoingMessage message, CancellationToken cancellationToken) => reply(this, message, cancellationToken);
}

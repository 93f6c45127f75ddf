using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>How hard to try.</summary>
/// <param name="RetryFor">How long to go on while the service answers that nothing was done; zero for a single attempt.</param>
/// <param name="Urgent">Goes before waiting messages that are not: a decision's follow-up, an answer to a person.</param>
public sealed record SendOptions(TimeSpan RetryFor, bool Urgent = false)
{
    /// <summary>
    /// Goes before waiting messages that neither are it nor urgent: an alert that somebody must see or decide about, in the midst of a
    /// storm.
    /// </summary>
    public bool Important { get; init; }

    /// <summary>Looked at when the message's turn has come: true when it must not be sent after all. Then it ends as not sent.</summary>
    public Func<bool>? Unless { get; init; }

    /// <summary>As <see cref="Background"/> for what must not wait behind a storm.</summary>
    public static readonly SendOptions Alert = new(TimeSpan.FromSeconds(60)) { Important = true };

    internal Urgency Urgency => this switch
    {
        { Urgent: true } => Urgency.Urgent,
        { Important: true } => Urgency.Important,
        _ => Urgency.Normal,
    };

    /// <summary>For answers to a person who is waiting.</summary>
    public static readonly SendOptions Reply = new(TimeSpan.FromSeconds(30), Urgent: true);

    /// <summary>For work that a subscription repeats later anyway.</summary>
    public static readonly SendOptions Background = new(TimeSpan.FromSeconds(60));
}

/// <summary>
/// The outbound half of the protocol. Every call is paced inside Teams' limits, goes only to trusted addresses, and reports how it ended;
/// it throws only when cancelled before anything was sent.
/// </summary>
public interface IConnectorClient
{
    /// <summary>A new post in a channel, or a message in a chat.</summary>
    Task<SendOutcome> PostAsync(ChannelRef to, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken);

    /// <summary>A message into an existing thread or chat.</summary>
    Task<SendOutcome> SendAsync(
        string serviceUrl, ConversationId conversationId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken);

    Task<SendOutcome> ReplyAsync(
        string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken);

    /// <summary>Replaces one of our messages. Safe to repeat, so it never ends as unknown while time is left.</summary>
    Task<SendOutcome> UpdateAsync(
        string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken);

    /// <summary>
    /// The one-to-one chat with a person, created when needed; its id is <see cref="SendOutcome.Sent.ThreadId"/>. Safe to repeat.
    /// </summary>
    Task<SendOutcome> OpenChatAsync(
        string serviceUrl, DirectoryId directory, string mri, SendOptions options, CancellationToken cancellationToken);

    /// <summary>Everyone in a conversation, all pages; null when it cannot be found out now.</summary>
    Task<IReadOnlyList<Member>?> GetMembersAsync(string serviceUrl, ConversationId conversationId, CancellationToken cancellationToken);

    /// <summary>One person of a conversation; null when not there or when it cannot be found out now.</summary>
    Task<Member?> GetMemberAsync(string serviceUrl, ConversationId conversationId, string mri, CancellationToken cancellationToken);
}

/// <summary>A person of a conversation's roster.</summary>
public sealed record Member(string Mri, PersonId? ObjectId, string? Name)
{
    /// <summary>Invited into the directory, or nobody that Entra knows: not one of its own people.</summary>
    public bool IsGuest { get; init; }
}

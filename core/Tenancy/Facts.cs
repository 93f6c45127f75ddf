using DevOpsAI.Ledger;

namespace DevOpsAI.Tenancy;

/// <summary>Where in Teams a message can be posted: a channel, a group chat or a personal chat.</summary>
/// <param name="ConversationId">The channel's id without <c>;messageid=</c>, or the chat's id.</param>
/// <param name="Kind"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
/// <param name="DirectoryTenant">Entra directory of the conversation.</param>
/// <param name="TeamId">For a channel, its team.</param>
public sealed record ChannelRef(string ConversationId, string Kind, string ServiceUrl, DirectoryId DirectoryTenant, string? TeamId, string? Name);

/// <summary><c>channel.linked</c> on <c>channels</c>: cards of this tenant go to this conversation too.</summary>
/// <param name="Escalation">Only escalations are told here.</param>
public sealed record ChannelLinked(ChannelRef Channel, bool Escalation = false) : Fact;

/// <summary><c>channel.unlinked</c> on <c>channels</c>.</summary>
public sealed record ChannelUnlinked(string ConversationId, string Reason) : Fact
{
    /// <summary>
    /// True when Teams takes no messages there any more and nobody asked for it: the link comes back when somebody speaks to the bot there
    /// or installs it again. Null when a person unlinked it or removed the app, and in entries of before.
    /// </summary>
    public bool? Lost { get; init; }
}

/// <summary>
/// <c>card.sending</c> on <c>card/{incident}</c>: a card is about to be posted. Sends are not idempotent, so this is durable first;
/// without a <see cref="CardPosted"/> after it, the card may or may not be there.
/// </summary>
public sealed record CardSending(string IncidentId, string ConversationId) : Fact;

/// <summary><c>card.posted</c>: the conversation shows the incident's card.</summary>
/// <param name="ThreadId">The conversation id that updates go to (for a channel post, with <c>;messageid=</c>).</param>
/// <param name="ActivityId">The message to update.</param>
/// <param name="ShownSeq">The card shows the incident as of this ledger seq.</param>
/// <param name="Adopted">The answer to the send was lost and a viewer's click told us the id.</param>
public sealed record CardPosted(
    string IncidentId, string ConversationId, string ServiceUrl, string ThreadId, string ActivityId, long ShownSeq, bool Adopted) : Fact
{
    /// <summary>Hex SHA-256 of the card that was sent; null when it was adopted.</summary>
    public string? Content { get; init; }
}

/// <summary><c>card.updated</c>: the card was edited in place.</summary>
public sealed record CardUpdated(string IncidentId, string ConversationId, string ActivityId, long ShownSeq) : Fact
{
    /// <summary>Hex SHA-256 of the card that was sent.</summary>
    public string? Content { get; init; }
}

/// <summary>
/// <c>notice.sending</c> on <c>card/{incident}</c>: a sentence about how something ended is about to be sent under the card. Durable first, so
/// that it is sent once; how it went is the <c>message.sent</c> after it.
/// </summary>
/// <param name="AboutSeq">The entry that ended it.</param>
public sealed record NoticeSending(string IncidentId, string ConversationId, long AboutSeq) : Fact;

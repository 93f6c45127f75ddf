using System.Text.Json.Serialization;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>
/// <c>card.sending</c> on <c>card/{incident}</c>: a card is about to be posted. Sends are not idempotent, so this is durable first;
/// without a <see cref="CardPosted"/> after it, the card may or may not be there.
/// </summary>
public sealed record CardSending([property: JsonPropertyName("incidentId")] ProposalSubject About, ConversationId ConversationId) : Fact;

/// <summary><c>card.posted</c>: the conversation shows the incident's card.</summary>
/// <param name="ThreadId">The conversation id that updates go to (for a channel post, with <c>;messageid=</c>).</param>
/// <param name="ActivityId">The message to update.</param>
/// <param name="ShownSeq">The card shows the incident as of this ledger seq.</param>
/// <param name="Adopted">The answer to the send was lost and a viewer's click told us the id.</param>
public sealed record CardPosted(
    [property: JsonPropertyName("incidentId")] ProposalSubject About, ConversationId ConversationId, string ServiceUrl,
    ConversationId ThreadId, string ActivityId, long ShownSeq, bool Adopted) : Fact
{
    /// <summary>Hex SHA-256 of the card that was sent; null when it was adopted.</summary>
    public string? Content { get; init; }
}

/// <summary><c>card.updated</c>: the card was edited in place.</summary>
public sealed record CardUpdated(
    [property: JsonPropertyName("incidentId")] ProposalSubject About, ConversationId ConversationId, string ActivityId,
    long ShownSeq) : Fact
{
    /// <summary>Hex SHA-256 of the card that was sent.</summary>
    public string? Content { get; init; }
}

/// <summary>
/// <c>notice.sending</c> on <c>card/{incident}</c>: a sentence about how something ended is about to be sent under the card. Durable first,
/// so that it is sent once; how it went is the <c>message.sent</c> after it.
/// </summary>
/// <param name="AboutSeq">The entry that ended it.</param>
public sealed record NoticeSending(
    [property: JsonPropertyName("incidentId")] ProposalSubject About, ConversationId ConversationId, long AboutSeq) : Fact;

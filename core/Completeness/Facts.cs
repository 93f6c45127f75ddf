using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Completeness;

/// <summary>
/// <c>webhook.receipts</c> on <c>connection/{name}</c>: what came in over a connection since the last of these. A new event has its own
/// <c>event.received</c>; here is counted what leaves none: duplicates, deliveries that said nothing, and refusals. Nothing came: no entry.
/// </summary>
/// <param name="First">When the first delivery counted here came in.</param>
/// <param name="Last">When the last one did.</param>
/// <param name="Accepted">Deliveries that were answered 202.</param>
/// <param name="New">Events in them that are on record as <c>event.received</c>.</param>
/// <param name="Duplicates">Events in them that were on record before.</param>
/// <param name="LastAccepted">When the last delivery was accepted; null when all were refused.</param>
/// <param name="Refused">Deliveries that were refused, by HTTP status.</param>
public sealed record WebhookReceipts(
    string Connection, DateTimeOffset First, DateTimeOffset Last, long Accepted, long New, long Duplicates,
    DateTimeOffset? LastAccepted, IReadOnlyDictionary<string, long> Refused) : Fact
{
    /// <summary>
    /// Those of <see cref="Refused"/> whose sender had proved itself and that were refused for what they are, so that sending them again
    /// changes nothing: what they said is lost. Null when there are none.
    /// </summary>
    public IReadOnlyDictionary<string, long>? NotTaken { get; init; }
}

/// <summary>
/// <c>connection.expected</c> on <c>connection/{name}</c>: from now on events are expected over it, though none has come yet.
/// </summary>
public sealed record ConnectionExpected(string Connection) : Fact;

/// <summary><c>connection.silent</c> on <c>connection/{name}</c>: nothing came for longer than expected.</summary>
/// <param name="LastHeard">When something last came; where nothing ever did, since when it was expected.</param>
public sealed record ConnectionStale(string Connection, DateTimeOffset LastHeard, long ExpectedWithinSeconds) : Fact;

/// <summary><c>connection.heard</c>: the silence is over.</summary>
public sealed record ConnectionRecovered(string Connection, DateTimeOffset SilentSince) : Fact;

/// <summary>
/// <c>connection.failing</c> on <c>connection/{name}</c>: its vendor refuses the bot, or is not reached, time after time.
/// </summary>
/// <param name="Why">What the vendor said last, one sentence.</param>
public sealed record ConnectionFailing(string Connection, [property: Confidential] string Why) : Fact;

/// <summary><c>connection.working</c> on <c>connection/{name}</c>: the vendor takes its credentials again.</summary>
public sealed record ConnectionWorking(string Connection, DateTimeOffset FailingSince) : Fact;

/// <summary>
/// <c>connection.expiring</c> on <c>connection/{name}</c>: something that the connection needs is about to end, or has ended, and is not
/// renewed by itself.
/// </summary>
/// <param name="What">As in <c>certificate</c>.</param>
/// <param name="Remedy">What a person can do, one sentence.</param>
public sealed record ConnectionExpiring(string Connection, string What, DateTimeOffset EndsAt, string Remedy) : Fact;

/// <summary><c>connection.renewed</c> on <c>connection/{name}</c>: nothing that the connection needs is about to end any more.</summary>
/// <param name="What">What was about to end.</param>
public sealed record ConnectionRenewed(string Connection, string What) : Fact;

/// <summary>An operation of ours that the vendor's log shows.</summary>
/// <param name="ActionId">The vendor's id of the log line.</param>
public sealed record SeenOperation(string OperationId, string ActionId);

/// <summary>
/// <c>poll.advanced</c> on <c>poll/{connection}</c>: the vendor's log was read from one position to another. The position is kept nowhere
/// else.
/// </summary>
/// <param name="From">Where the reading began; null for the first, which only says where the log ends.</param>
/// <param name="Found">Lines read.</param>
/// <param name="Ours">Those that carry out a decision on this ledger; the others are <c>change.out-of-band</c>.</param>
/// <param name="Gap">The vendor did not know <paramref name="From"/> any more: lines may have been missed.</param>
public sealed record PollAdvanced(
    string Connection, string? From, string To, int Found, IReadOnlyList<SeenOperation> Ours, bool Gap) : Fact;

/// <summary>
/// <c>change.out-of-band</c> on <c>poll/{connection}</c>: something was done at the vendor that no decision on this ledger allows.
/// </summary>
/// <param name="ActionId">The vendor's id of the log line.</param>
/// <param name="By">Who did it, as the vendor names them.</param>
/// <param name="DoneAt">When, as the vendor says.</param>
/// <param name="Why">Why it is not one of ours, one sentence.</param>
public sealed record OutOfBandChange(
    string Connection, string ActionId, string? OperationId, string Action, Target Target, [property: Confidential] string By,
    DateTimeOffset DoneAt, [property: Confidential] string Detail, string Why, bool Simulated) : Fact
{
    /// <summary>
    /// Whether it was done with the connection's credentials; null when the vendor does not tell, and in entries of before.
    /// </summary>
    public bool? WithOurCredentials { get; init; }
}

[JsonConverter(typeof(CamelCaseEnum<MessageOutcome>))]
public enum MessageOutcome
{
    Sent,

    /// <summary>The answer was lost: the message may or may not be there.</summary>
    Unknown,

    Refused,

    /// <summary>It certainly did not arrive, and is not tried again.</summary>
    NotSent,
}

/// <summary>
/// <c>message.sent</c> on <c>message/{conversation}</c>: something other than an incident's card was said in Teams about this tenant.
/// Cards have <c>card.sending</c>, <c>card.posted</c> and <c>card.updated</c>.
/// </summary>
/// <param name="Purpose">As in <c>outcome</c>, <c>answer</c>, <c>copy</c>, <c>trail</c>, <c>digest</c>, <c>channel.lost</c>, <c>list</c>,
/// <c>freeze</c>, <c>freeze.lifted</c>.</param>
/// <param name="About">What it was about; null where that is nothing in particular.</param>
/// <param name="ActivityId">The message's id; null when it is not known.</param>
/// <param name="Content">Hex SHA-256 of what was sent.</param>
public sealed record MessageSent(
    string Purpose, [property: JsonPropertyName("incidentId")] ProposalSubject? About, ConversationId ConversationId, string? ActivityId,
    string Content, MessageOutcome Outcome) : Fact;

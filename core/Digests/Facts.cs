using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Digests;

/// <summary>
/// <c>digest.sending</c> on <c>digest/{conversation}</c>: the digest of a conversation is about to be posted there. Durable first, so that
/// of several instances one posts it, once; how it went is the <c>message.sent</c> after it. The next digest begins where this one ended.
/// </summary>
/// <param name="Due">When it was due, as scheduled.</param>
/// <param name="Through">Seq of the last entry that it tells of.</param>
/// <param name="Digested">Events told in digests only, over the tenant's whole ledger up to there.</param>
public sealed record DigestSending(ConversationId ConversationId, DateTimeOffset Due, long Through, long Digested) : Fact
{
    /// <summary>As the <c>message.sent</c> after it says.</summary>
    public const string Purpose = "digest";
}

/// <summary>Where the next digest of a conversation begins: at the one before it, or when the conversation was linked.</summary>
/// <param name="Through">Seq of the last entry that was told.</param>
/// <param name="Digested">Events told in digests only, up to there.</param>
/// <param name="Version">Version of the stream <c>digest/{conversation}</c>.</param>
public sealed record DigestMark(DateTimeOffset At, long Through, long Digested, long Version)
{
    /// <summary>Where the last digest began: it is told again when that one certainly did not arrive.</summary>
    public DigestMark? Before { get; init; }

    /// <summary>Before the first entry.</summary>
    public static readonly DigestMark Beginning = new(DateTimeOffset.MinValue, 0, 0, 0);
}

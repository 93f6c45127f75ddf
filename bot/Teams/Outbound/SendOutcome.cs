using DevOpsAI.Completeness;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>
/// How a call to the Bot Connector ended. Sends cannot be repeated blindly: only <see cref="NotSent"/> is safe to try again.
/// </summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>It is there.</summary>
    /// <param name="ActivityId">The message to update later; null when the service accepted it without telling.</param>
    /// <param name="ThreadId">The conversation id that updates and replies go to.</param>
    public sealed record Sent(string? ActivityId, ConversationId ThreadId) : SendOutcome;

    /// <summary>Asking again changes nothing.</summary>
    /// <param name="Code">The service's error code, as in <c>BotNotInConversationRoster</c>.</param>
    public sealed record Refused(RefusalReason Reason, string Code, string Message) : SendOutcome;

    /// <summary>Certainly not done, and may be tried again, best after <paramref name="After"/>.</summary>
    public sealed record NotSent(string Message, TimeSpan? After) : SendOutcome;

    /// <summary>The answer was lost: the message may or may not be there.</summary>
    public sealed record Unknown(string Message) : SendOutcome;

    /// <summary>As <c>message.sent</c> says it.</summary>
    internal MessageOutcome ForRecord() => this switch
    {
        Sent => MessageOutcome.Sent,
        Refused => MessageOutcome.Refused,
        NotSent => MessageOutcome.NotSent,
        _ => MessageOutcome.Unknown,
    };
}

public enum RefusalReason
{
    /// <summary>The conversation or message does not exist (any more).</summary>
    Gone,

    /// <summary>Removed, blocked or not permitted: stop until the app is installed or spoken to again.</summary>
    Forbidden,

    /// <summary>Must be made smaller.</summary>
    TooBig,

    /// <summary>The request itself is wrong, or its address is not one we send to.</summary>
    BadRequest,
}

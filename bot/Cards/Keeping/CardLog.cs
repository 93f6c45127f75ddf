using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

internal static partial class CardLog
{
    [LoggerMessage(
        EventId = 6101, Level = LogLevel.Information, Message = "Card of {Incident} posted in {Conversation}, showing entry {Seq}")]
    public static partial void CardPosted(this ILogger logger, IncidentId incident, Untrusted conversation, long seq);

    [LoggerMessage(
        EventId = 6102, Level = LogLevel.Warning,
        Message = "Nobody knows whether the card of {Incident} arrived in {Conversation}; waiting for a click before sending it again")]
    public static partial void AnswerLost(this ILogger logger, IncidentId incident, Untrusted conversation);

    [LoggerMessage(
        EventId = 6103, Level = LogLevel.Warning, Message = "Teams refused the card of {Incident} in {Conversation}: {Reason} {Code}")]
    public static partial void Refused(
        this ILogger logger, IncidentId incident, Untrusted conversation, RefusalReason reason, Untrusted code);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Warning, Message = "The card of {Incident} was deleted in {Conversation}")]
    public static partial void CardDeleted(this ILogger logger, IncidentId incident, Untrusted conversation);

    [LoggerMessage(
        EventId = 6105, Level = LogLevel.Error, Message = "The card of {Incident} in {Conversation} failed; trying again after a pause")]
    public static partial void CardFailed(this ILogger logger, IncidentId incident, Untrusted conversation, Exception exception);

    [LoggerMessage(EventId = 6106, Level = LogLevel.Information, Message = "The outcome notice of {Incident} did not reach {Conversation}")]
    public static partial void NoticeNotSent(this ILogger logger, IncidentId incident, Untrusted conversation);

    [LoggerMessage(EventId = 6107, Level = LogLevel.Warning, Message = "Cards of {Tenant} could not be compared with the ledger")]
    public static partial void SweepFailed(this ILogger logger, TenantId tenant, Exception exception);

    [LoggerMessage(
        EventId = 6108, Level = LogLevel.Critical,
        Message = "Teams takes no messages in {Conversation} any more, and no other conversation of {Tenant} could be told; link one")]
    public static partial void NobodyToTell(this ILogger logger, Untrusted conversation, TenantId tenant);
}

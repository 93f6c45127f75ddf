using DevOpsAI.Common;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

internal static partial class ChatLog
{
    [LoggerMessage(EventId = 6201, Level = LogLevel.Information, Message = "{Person} said {Command}: {Outcome}")]
    public static partial void CommandGiven(this ILogger logger, Untrusted person, Untrusted command, string outcome);

    [LoggerMessage(
        EventId = 6202, Level = LogLevel.Information, Message = "{Person} pressed {Verb} on {Incident}: {Outcome} (turn {Correlation})")]
    public static partial void Pressed(
        this ILogger logger, Untrusted person, Untrusted verb, Untrusted incident, string outcome, CorrelationId correlation);

    [LoggerMessage(
        EventId = 6203, Level = LogLevel.Warning,
        Message = "{Person} pressed {Verb} on {Incident} through a card that is not its own; refused")]
    public static partial void ForeignCard(this ILogger logger, Untrusted person, Untrusted verb, Untrusted incident);

    [LoggerMessage(
        EventId = 6204, Level = LogLevel.Information,
        Message = "The card of {Subject} in {Conversation} was found again by a click: {ActivityId}")]
    public static partial void Adopted(this ILogger logger, ProposalSubject subject, Untrusted conversation, Untrusted activityId);

    [LoggerMessage(EventId = 6205, Level = LogLevel.Error, Message = "The record cannot be reached; nothing was recorded")]
    public static partial void RecordUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6206, Level = LogLevel.Information, Message = "Removed from {Conversation}; {Tenant} is unlinked")]
    public static partial void Removed(this ILogger logger, Untrusted conversation, TenantId tenant);

    [LoggerMessage(EventId = 6207, Level = LogLevel.Error, Message = "A message was sent ({Purpose}) and could not be put on record")]
    public static partial void MessageNotRecorded(this ILogger logger, string purpose, Exception exception);

    [LoggerMessage(
        EventId = 6208, Level = LogLevel.Information,
        Message = "Teams delivers in {Conversation} again; it is linked to {Tenant} as before")]
    public static partial void Relinked(this ILogger logger, Untrusted conversation, TenantId tenant);
}

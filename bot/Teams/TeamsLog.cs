using DevOpsAI.Logs;

namespace DevOpsAI.Bot.Teams;

/// <summary>Events 3000-3099. Never the token, never what people wrote.</summary>
internal static partial class TeamsLog
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Warning, Message = "Activity refused with {Status}: {Reason} (channel {ChannelId}, service {ServiceUrl})")]
    public static partial void ActivityRefused(this ILogger logger, int status, Rejection reason, Untrusted channelId, Untrusted serviceUrl);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "{Type} {Name} {ActivityId} in {ConversationId}")]
    public static partial void ActivityReceived(this ILogger logger, Untrusted type, Untrusted name, Untrusted activityId, Untrusted conversationId);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "{Type} {ActivityId} was delivered again")]
    public static partial void ActivityRepeated(this ILogger logger, Untrusted type, Untrusted activityId);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Turn {Type} {Name} failed")]
    public static partial void TurnFailed(this ILogger logger, Exception exception, Untrusted type, Untrusted name);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Invoke {Name} took longer than {Budget}; it goes on in the background")]
    public static partial void InvokeGoesOn(this ILogger logger, Untrusted name, TimeSpan budget);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning, Message = "Too many messages are waiting; answered 503")]
    public static partial void BackgroundFull(this ILogger logger);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Error, Message = "Reply in {ConversationId} was not sent: {Outcome}")]
    public static partial void ReplyLost(this ILogger logger, Untrusted conversationId, UntrustedText outcome);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Turn {Type} did not act within {Budget}; answered 503, it goes on in the background")]
    public static partial void TurnNotYetDone(this ILogger logger, Untrusted type, TimeSpan budget);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "{Count} signing keys from {Host}")]
    public static partial void KeysFetched(this ILogger logger, int count, string host);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Error, Message = "Signing keys from {Host} could not be fetched: {Reason}")]
    public static partial void KeysNotFetched(this ILogger logger, string host, UntrustedText reason);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Error, Message = "Activity answered 503: there are no signing keys to check it with")]
    public static partial void NoKeys(this ILogger logger);

    [LoggerMessage(EventId = 3020, Level = LogLevel.Debug, Message = "{Method} {Operation} answered {Status} (MS-CV {Vector})")]
    public static partial void Called(this ILogger logger, HttpMethod method, string operation, int status, Untrusted vector);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Warning, Message = "{Operation} in {ConversationId}: {Reason}; again in {Wait}")]
    public static partial void CallRepeated(this ILogger logger, string operation, Untrusted conversationId, UntrustedText reason, TimeSpan wait);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Warning, Message = "{Operation} in {ConversationId} ended as {Outcome}")]
    public static partial void CallEnded(this ILogger logger, string operation, Untrusted conversationId, UntrustedText outcome);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Error, Message = "No token for the Bot Connector: {Reason}")]
    public static partial void NoToken(this ILogger logger, string reason);

    [LoggerMessage(EventId = 3024, Level = LogLevel.Error, Message = "Nothing is sent to {Address}: not a trusted service URL")]
    public static partial void NotTrusted(this ILogger logger, Untrusted address);

    [LoggerMessage(EventId = 3030, Level = LogLevel.Information, Message = "{ConversationId} can no longer be written to: {Reason}")]
    public static partial void ConversationUnusable(this ILogger logger, Untrusted conversationId, UntrustedText reason);

    [LoggerMessage(EventId = 3031, Level = LogLevel.Error, Message = "A conversation could not be kept; what is new of it is known until the process ends")]
    public static partial void BookNotWritten(this ILogger logger, Exception exception);
}

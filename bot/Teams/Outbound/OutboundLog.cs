using DevOpsAI.Common;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>Events 3020-3029. Never the token, never what people wrote.</summary>
internal static partial class OutboundLog
{
    [LoggerMessage(EventId = 3020, Level = LogLevel.Debug, Message = "{Method} {Operation} answered {Status} (MS-CV {Vector})")]
    public static partial void Called(this ILogger logger, HttpMethod method, string operation, int status, Untrusted vector);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Warning, Message = "{Operation} in {ConversationId}: {Reason}; again in {Wait}")]
    public static partial void CallRepeated(
        this ILogger logger, string operation, Untrusted conversationId, UntrustedText reason, TimeSpan wait);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Warning, Message = "{Operation} in {ConversationId} ended as {Outcome}")]
    public static partial void CallEnded(this ILogger logger, string operation, Untrusted conversationId, UntrustedText outcome);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Error, Message = "No token for the Bot Connector: {Reason}")]
    public static partial void NoToken(this ILogger logger, string reason);

    [LoggerMessage(EventId = 3024, Level = LogLevel.Error, Message = "Nothing is sent to {Address}: not a trusted service URL")]
    public static partial void NotTrusted(this ILogger logger, Untrusted address);
}

using DevOpsAI.Common;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>Events 3001-3009. Never the token, never what people wrote.</summary>
internal static partial class TurnsLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "{Type} {Name} {ActivityId} in {ConversationId}")]
    public static partial void ActivityReceived(
        this ILogger logger, Untrusted type, Untrusted name, Untrusted activityId, Untrusted conversationId);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "{Type} {ActivityId} was delivered again")]
    public static partial void ActivityRepeated(this ILogger logger, Untrusted type, Untrusted activityId);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Turn {Type} {Name} failed")]
    public static partial void TurnFailed(this ILogger logger, Exception exception, Untrusted type, Untrusted name);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning,
        Message = "Invoke {Name} took longer than {Budget}; it goes on in the background")]
    public static partial void InvokeGoesOn(this ILogger logger, Untrusted name, TimeSpan budget);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning, Message = "Too many messages are waiting; answered 503")]
    public static partial void BackgroundFull(this ILogger logger);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Error, Message = "Reply in {ConversationId} was not sent: {Outcome}")]
    public static partial void ReplyLost(this ILogger logger, Untrusted conversationId, UntrustedText outcome);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning,
        Message = "Turn {Type} did not act within {Budget}; answered 503, it goes on in the background")]
    public static partial void TurnNotYetDone(this ILogger logger, Untrusted type, TimeSpan budget);
}

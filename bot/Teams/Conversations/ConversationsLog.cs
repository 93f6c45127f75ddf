using DevOpsAI.Common;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>Events 3030-3039. Never the token, never what people wrote.</summary>
internal static partial class ConversationsLog
{
    [LoggerMessage(EventId = 3030, Level = LogLevel.Information, Message = "{ConversationId} can no longer be written to: {Reason}")]
    public static partial void ConversationUnusable(this ILogger logger, Untrusted conversationId, UntrustedText reason);

    [LoggerMessage(EventId = 3031, Level = LogLevel.Error,
        Message = "A conversation could not be kept; what is new of it is known until the process ends")]
    public static partial void ReferencesNotWritten(this ILogger logger, Exception exception);
}

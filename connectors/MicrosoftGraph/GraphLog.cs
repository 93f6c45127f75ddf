using DevOpsAI.Common;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.MicrosoftGraph;

internal static partial class GraphLog
{
    [LoggerMessage(EventId = 3701, Level = LogLevel.Warning,
        Message = "{Count} notifications over {Connection} bear another state or directory and were dropped")]
    public static partial void NotificationsDropped(this ILogger logger, string connection, int count);

    [LoggerMessage(EventId = 3702, Level = LogLevel.Information,
        Message = "Not every user that changed could be read again over {Connection} before Graph wanted its answer")]
    public static partial void NotReadInTime(this ILogger logger, string connection);

    [LoggerMessage(EventId = 3703, Level = LogLevel.Warning, Message = "{What} could not be read over {Connection}: {Reason}")]
    public static partial void NotWatched(this ILogger logger, string what, string connection, UntrustedText reason);

    [LoggerMessage(EventId = 3704, Level = LogLevel.Warning, Message = "Watching over {Connection} failed; it goes on in a moment")]
    public static partial void WatchFailed(this ILogger logger, string connection, Exception problem);

    [LoggerMessage(EventId = 3705, Level = LogLevel.Information,
        Message = "Subscription {Subscription} of {Connection} lasts until {Until}")]
    public static partial void Subscribed(this ILogger logger, string subscription, string connection, DateTimeOffset until);

    [LoggerMessage(EventId = 3706, Level = LogLevel.Warning, Message = "The subscription of {Connection} is not in order: {Reason}")]
    public static partial void NotSubscribed(this ILogger logger, string connection, UntrustedText reason);
}

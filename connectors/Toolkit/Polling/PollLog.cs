using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.Toolkit.Polling;

internal static partial class PollLog
{
    [LoggerMessage(EventId = 4601, Level = LogLevel.Warning, Message = "Events of {Connection} are not read: {Why}")]
    public static partial void EventsNotRead(this ILogger logger, string connection, string why);

    [LoggerMessage(EventId = 4602, Level = LogLevel.Warning, Message = "Something read for {Connection} is no event: {Why}")]
    public static partial void NotAnEvent(this ILogger logger, string connection, string why);

    [LoggerMessage(EventId = 4603, Level = LogLevel.Warning, Message = "What was read for {Connection} is not recorded yet")]
    public static partial void EventsNotRecorded(this ILogger logger, Exception exception, string connection);

    [LoggerMessage(EventId = 4604, Level = LogLevel.Information, Message = "{Added} events of {Connection} were found by asking for them")]
    public static partial void EventsFound(this ILogger logger, int added, string connection);
}

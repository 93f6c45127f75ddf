using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connections.Identity;

internal static partial class IdentityLog
{
    [LoggerMessage(EventId = 2303, Level = LogLevel.Error, Message = "The connector of {Connection} threw instead of answering")]
    public static partial void ConnectorThrew(this ILogger logger, Exception failure, string connection);
}

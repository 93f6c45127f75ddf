using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Webhooks;

internal static partial class WebhookLog
{
    private static readonly Func<ILogger, string, IDisposable?> Delivery = LoggerMessage.DefineScope<string>("Correlation {Correlation}");

    /// <summary>What is logged until disposal carries the correlation id.</summary>
    public static IDisposable? InDelivery(this ILogger logger, CorrelationId correlation) => Delivery(logger, correlation.Value);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Information, Message = "Delivery over {Connection} was refused: {Status} {Reason}")]
    public static partial void DeliveryRefused(this ILogger logger, string connection, int status, UntrustedText reason);

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning,
        Message = "Delivery over {Connection} could not be recorded; the sender was asked to try again")]
    public static partial void DeliveryNotRecorded(this ILogger logger, Exception failure, string connection);

    [LoggerMessage(EventId = 3203, Level = LogLevel.Error,
        Message = "Delivery over {Connection} failed unexpectedly; the sender was asked to try again")]
    public static partial void DeliveryFailed(this ILogger logger, Exception failure, string connection);

    [LoggerMessage(EventId = 3204, Level = LogLevel.Error,
        Message = "A delivery for {Connector} could not be read, unexpectedly; the sender was told not to send it again")]
    public static partial void DeliveryUnreadable(this ILogger logger, Exception failure, string connector);

    [LoggerMessage(EventId = 3205, Level = LogLevel.Warning, Message = "Delivery over {Connection} was turned away. {Reason}")]
    public static partial void DeliveryTurnedAway(this ILogger logger, string connection, UntrustedText reason);
}

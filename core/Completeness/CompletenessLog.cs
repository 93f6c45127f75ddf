using DevOpsAI.Common;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Completeness;

internal static partial class CompletenessLog
{
    [LoggerMessage(EventId = 8101, Level = LogLevel.Warning, Message = "The log of {Connection} could not be read: {Reason}")]
    public static partial void LogNotRead(this ILogger logger, string connection, UntrustedText reason);

    [LoggerMessage(EventId = 8102, Level = LogLevel.Error, Message = "Reading the log of {Connection} failed; trying again later")]
    public static partial void PollFailed(this ILogger logger, string connection, Exception problem);

    [LoggerMessage(EventId = 8103, Level = LogLevel.Warning,
        Message = "Out-of-band change at {Tenant} over {Connection}: {Action}, log line {ActionId}")]
    public static partial void OutOfBandChange(
        this ILogger logger, TenantId tenant, string connection, Untrusted action, Untrusted actionId);

    [LoggerMessage(EventId = 8104, Level = LogLevel.Warning,
        Message = "The log of {Connection} was read with a gap: its vendor no longer knows where we had stopped")]
    public static partial void LogHasGap(this ILogger logger, string connection);

    [LoggerMessage(EventId = 8105, Level = LogLevel.Warning, Message = "Connection {Connection} of {Tenant} is silent since {LastHeard}")]
    public static partial void WentStale(this ILogger logger, TenantId tenant, string connection, DateTimeOffset lastHeard);

    [LoggerMessage(EventId = 8106, Level = LogLevel.Information, Message = "Connection {Connection} of {Tenant} is heard again")]
    public static partial void Recovered(this ILogger logger, TenantId tenant, string connection);

    [LoggerMessage(EventId = 8107, Level = LogLevel.Error,
        Message = "The silences of {Tenant} could not be looked at or recorded; trying again later")]
    public static partial void StalenessFailed(this ILogger logger, TenantId tenant, Exception problem);

    [LoggerMessage(EventId = 8109, Level = LogLevel.Warning, Message = "Connection {Connection} of {Tenant} fails: {Reason}")]
    public static partial void ConnectionFails(this ILogger logger, TenantId tenant, string connection, UntrustedText reason);

    [LoggerMessage(EventId = 8110, Level = LogLevel.Information, Message = "Connection {Connection} of {Tenant} works again")]
    public static partial void ConnectionWorks(this ILogger logger, TenantId tenant, string connection);

    [LoggerMessage(EventId = 8111, Level = LogLevel.Error,
        Message = "The connections of {Tenant} could not be looked at or recorded; trying again later")]
    public static partial void HealthFailed(this ILogger logger, TenantId tenant, Exception problem);

    [LoggerMessage(EventId = 8112, Level = LogLevel.Warning, Message = "The {What} of {Connection} of {Tenant} ends at {At}")]
    public static partial void ConnectionExpires(
        this ILogger logger, TenantId tenant, string connection, string what, DateTimeOffset at);

    [LoggerMessage(EventId = 8113, Level = LogLevel.Error,
        Message = "What the connections of {Tenant} live on could not be looked at or recorded; trying again later")]
    public static partial void VitalsFailed(this ILogger logger, TenantId tenant, Exception problem);

    [LoggerMessage(EventId = 8108, Level = LogLevel.Warning,
        Message = "What came in over {Connection} could not be recorded; it is counted on")]
    public static partial void ReceiptsNotRecorded(this ILogger logger, string connection, Exception problem);
}

using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Privacy;

internal static partial class PrivacyLog
{
    [LoggerMessage(EventId = 2401, Level = LogLevel.Information, Message = "Key {Key} of {Tenant} is destroyed")]
    public static partial void Erased(this ILogger logger, string key, TenantId tenant);

    [LoggerMessage(EventId = 2403, Level = LogLevel.Information, Message = "Whoever key {Key} of {Tenant} was about is forgotten here too")]
    public static partial void Forgotten(this ILogger logger, string key, TenantId tenant);

    [LoggerMessage(EventId = 2404, Level = LogLevel.Warning,
        Message = "Whether somebody was erased at {Tenant} cannot be seen, or they cannot be forgotten, now; it is tried again in {Pause}")]
    public static partial void NotForgotten(this ILogger logger, TenantId tenant, Exception failure, TimeSpan pause);
}

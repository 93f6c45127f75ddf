using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Privacy;

internal static partial class PrivacyLog
{
    [LoggerMessage(EventId = 2401, Level = LogLevel.Information, Message = "Key {Key} of {Tenant} is destroyed")]
    public static partial void Erased(this ILogger logger, string key, TenantId tenant);
}

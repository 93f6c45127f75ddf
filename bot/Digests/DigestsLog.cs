using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Digests;

internal static partial class DigestsLog
{
    [LoggerMessage(EventId = 6651, Level = LogLevel.Information, Message = "Digest of {Tenant} for {Conversation}: {Outcome}")]
    public static partial void DigestPosted(this ILogger logger, TenantId tenant, Untrusted conversation, MessageOutcome outcome);

    [LoggerMessage(
        EventId = 6652, Level = LogLevel.Error,
        Message = "The digest of {Tenant} for {Conversation} failed; it is tried again in a minute unless it was announced")]
    public static partial void DigestFailed(this ILogger logger, TenantId tenant, Untrusted conversation, Exception exception);

    [LoggerMessage(EventId = 6653, Level = LogLevel.Warning, Message = "Whether digests of {Tenant} are due cannot be read now")]
    public static partial void DigestsWait(this ILogger logger, TenantId tenant, Exception exception);
}

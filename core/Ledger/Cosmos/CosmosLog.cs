using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

internal static partial class CosmosLog
{
    [LoggerMessage(EventId = 1051, Level = LogLevel.Information,
        Message = "Ledger in database {Database} at {Endpoint}, consistency {Consistency}")]
    public static partial void StoreOpened(this ILogger logger, string database, Uri endpoint, string consistency);

    [LoggerMessage(EventId = 1052, Level = LogLevel.Warning,
        Message = "The account's default consistency is {Consistency}: nothing is decided twice, but an instance may show what another "
            + "one has just changed. Use Strong or BoundedStaleness")]
    public static partial void WeakConsistency(this ILogger logger, string consistency);

    [LoggerMessage(EventId = 1053, Level = LogLevel.Warning, Message = "Cosmos DB answered {Reason}, attempt {Attempt}; again in {Pause}")]
    public static partial void CosmosRetry(this ILogger logger, string reason, int attempt, TimeSpan pause);

    [LoggerMessage(EventId = 1054, Level = LogLevel.Error, Message = "{Appends} appends of {Tenant} could not be written")]
    public static partial void AppendsFailed(this ILogger logger, Exception reason, int appends, TenantId tenant);

    [LoggerMessage(EventId = 1055, Level = LogLevel.Warning, Message = "The change feed cannot be read; again in {Pause}")]
    public static partial void FeedFailed(this ILogger logger, Exception reason, TimeSpan pause);

    [LoggerMessage(EventId = 1060, Level = LogLevel.Warning,
        Message = "A document of partition {Partition} in the change feed was passed over; others go on")]
    public static partial void FeedPassedOver(this ILogger logger, Exception reason, string partition);

    [LoggerMessage(EventId = 1061, Level = LogLevel.Warning,
        Message = "The index of {Tenant} that was kept is not used: {Why}. It is made from the record instead, which takes longer")]
    public static partial void IndexUnfit(this ILogger logger, TenantId tenant, string why);

    [LoggerMessage(EventId = 1062, Level = LogLevel.Warning,
        Message = "The index of {Tenant} cannot be kept now; the next start takes longer, and nothing else is lost")]
    public static partial void IndexNotKept(this ILogger logger, TenantId tenant, Exception failure);

    [LoggerMessage(EventId = 1056, Level = LogLevel.Information, Message = "Following {Tenant} from now on (lease {Lease})")]
    public static partial void TenantTaken(this ILogger logger, TenantId tenant, string lease);

    [LoggerMessage(EventId = 1057, Level = LogLevel.Information, Message = "Lease {Lease} given up; its tenants are followed elsewhere")]
    public static partial void LeaseReleased(this ILogger logger, string lease);

    [LoggerMessage(EventId = 1058, Level = LogLevel.Warning, Message = "Trouble with lease {Lease}")]
    public static partial void LeaseTrouble(this ILogger logger, string lease, Exception reason);

    [LoggerMessage(EventId = 1059, Level = LogLevel.Information, Message = "Created {What}")]
    public static partial void Created(this ILogger logger, string what);
}

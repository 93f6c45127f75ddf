using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Snapshots;

internal static partial class StateLog
{
    [LoggerMessage(EventId = 2501, Level = LogLevel.Warning,
        Message = "The snapshot of {Tenant} is not used: {Why}. The state is made from the record instead, which takes longer")]
    public static partial void SnapshotUnfit(this ILogger logger, TenantId tenant, string why);

    [LoggerMessage(EventId = 2502, Level = LogLevel.Debug, Message = "The state of {Tenant} at entry {Seq} is kept in {Bytes} bytes")]
    public static partial void SnapshotKept(this ILogger logger, TenantId tenant, long seq, int bytes);

    [LoggerMessage(EventId = 2503, Level = LogLevel.Warning,
        Message = "The state of {Tenant} cannot be kept now; the next start takes longer, and nothing else is lost")]
    public static partial void SnapshotNotKept(this ILogger logger, TenantId tenant, Exception failure);
}

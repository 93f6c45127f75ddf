using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

internal static partial class LedgerLog
{
    private static readonly Func<ILogger, string, IDisposable?> Correlated = LoggerMessage.DefineScope<string>("Correlation:{Correlation}");

    /// <summary>What is logged while an entry is handled carries the entry's correlation id.</summary>
    public static IDisposable? Handling(this ILogger logger, LedgerEntry entry) => Correlated(logger, entry.Correlation.Value);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Ledger {Path} opened with {Library}")]
    public static partial void Opened(this ILogger logger, string path, string library);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error,
        Message = "A batch of {Appends} appends could not be written; none of it was recorded")]
    public static partial void BatchFailed(this ILogger logger, Exception reason, int appends);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error,
        Message = "Subscription {Subscription} failed on {Tenant} {Seq} ({Type}, correlation {Correlation}), attempt {Attempt}; again in "
            + "{Pause}")]
    public static partial void SubscriptionFailed(
        this ILogger logger, Exception reason, string subscription, TenantId tenant, long seq, string type, CorrelationId correlation,
        int attempt, TimeSpan pause);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error,
        Message = "Subscription {Subscription} cannot read the ledger of {Tenant}; again in {Pause}")]
    public static partial void SubscriptionsFailed(this ILogger logger, Exception reason, string subscription, TenantId tenant,
        TimeSpan pause);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning,
        Message = "The positions of subscriptions could not be saved; a restart would hand some entries over again")]
    public static partial void CursorsNotSaved(this ILogger logger, Exception reason);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Warning,
        Message = "{Handlers} subscription handlers did not stop in time; their entries are handed over again at the next start")]
    public static partial void HandlersLeft(this ILogger logger, int handlers);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Critical,
        Message = "Entries of {Path} are given up, as Storage:AcceptLoss says. {Lost} Take the setting away again")]
    public static partial void LossAccepted(this ILogger logger, string path, string lost);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Critical, Message = "{Tenant} IS NOT SERVED, the other clients are. {Reason}")]
    public static partial void Quarantined(this ILogger logger, TenantId tenant, string reason);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Critical, Message = "NOTHING IS RECORDED: {Problem}")]
    public static partial void ClockJumped(this ILogger logger, string problem);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "The clock is right again; what comes is recorded")]
    public static partial void ClockIsRightAgain(this ILogger logger);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Warning,
        Message =
            "The position of subscription {Subscription} in the ledger of {Tenant} was {Saved}, past its end at {End}; it goes on from the "
            + "end, and whatever the position passed over is not reacted to")]
    public static partial void CursorAhead(this ILogger logger, string subscription, TenantId tenant, long saved, long end);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Warning,
        Message = "Whether the record of {Tenant} is what was signed could not be told at the start ({Problem}); it is looked at again "
            + "before it is signed")]
    public static partial void NotChecked(this ILogger logger, TenantId tenant, string problem);
}

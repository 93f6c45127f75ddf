using DevOpsAI.Common;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Proofs;

internal static partial class CheckpointLog
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Information,
        Message = "The ledger of {Tenant} is signed up to entry {Size}, root {Root}")]
    public static partial void Signed(this ILogger logger, TenantId tenant, long size, string root);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Critical, Message = "NOT SIGNED: {Problem}")]
    public static partial void Refused(this ILogger logger, string problem);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Error,
        Message = "The ledger of {Tenant} could not be signed ({Problem}); again in {Pause}")]
    public static partial void NotSigned(this ILogger logger, TenantId tenant, string problem, TimeSpan pause);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Information, Message = "{Tenant}: {About} works again")]
    public static partial void WorksAgain(this ILogger logger, TenantId tenant, string about);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "{Tenant}: {Problem}. Work goes on; it is tried again")]
    public static partial void CopyMissing(this ILogger logger, TenantId tenant, string problem);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Warning,
        Message = "The clock is {Behind} behind the last entry of {Tenant}: it was turned back. Entries keep the time of the one before "
            + "them until it has caught up")]
    public static partial void ClockIsBehind(this ILogger logger, TenantId tenant, TimeSpan behind);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Information,
        Message = "Witness {Witness} has cosigned the ledger of {Tenant} up to entry {Size}")]
    public static partial void Cosigned(this ILogger logger, string witness, TenantId tenant, long size);

    [LoggerMessage(EventId = 1109, Level = LogLevel.Warning,
        Message = "{Tenant}: not every witness has answered within {Timeout} whether the ledger is whole; what is approved is carried "
            + "out from now on all the same")]
    public static partial void WitnessesUnasked(this ILogger logger, TenantId tenant, TimeSpan timeout);

    [LoggerMessage(EventId = 1108, Level = LogLevel.Critical, Message = "WITNESS {Witness} REFUSES {Tenant}: {Problem}")]
    public static partial void WitnessRefuses(this ILogger logger, string witness, TenantId tenant, UntrustedText problem);

    [LoggerMessage(EventId = 1110, Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void NotProtected(this ILogger logger, string problem);
}

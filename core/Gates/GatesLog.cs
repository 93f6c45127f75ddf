using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

internal static partial class GatesLog
{
    [LoggerMessage(EventId = 2103, Level = LogLevel.Information,
        Message = "{Incident} of {Tenant} staged as revision {Revision} at {Level}")]
    public static partial void Staged(this ILogger logger, IncidentId incident, TenantId tenant, int revision, GateLevel level);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning,
        Message = "The ledger of {Tenant} cannot be written; the request was answered with nothing recorded")]
    public static partial void LedgerUnavailable(this ILogger logger, TenantId tenant, Exception exception);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning,
        Message = "Gave up recording for {Tenant} {Incident}: others were faster every time")]
    public static partial void TooManyConflicts(this ILogger logger, TenantId tenant, string? incident);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Information, Message = "{Incident} of {Tenant}: {What} fell due")]
    public static partial void FellDue(this ILogger logger, string incident, TenantId tenant, string what);

    [LoggerMessage(EventId = 2107, Level = LogLevel.Error,
        Message = "Deadlines of {Tenant} could not be looked at; trying again in {Pause}")]
    public static partial void DeadlinesFailed(this ILogger logger, TenantId tenant, TimeSpan pause, Exception exception);

    [LoggerMessage(EventId = 2108, Level = LogLevel.Warning, Message = "{Incident} of {Tenant} may not be executed: {Reason}")]
    public static partial void NotExecuted(this ILogger logger, string incident, TenantId tenant, string reason);

    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning,
        Message = "Nobody is administrator of {Clients}, so nobody can give anybody a role there: set "
            + "Access:Roles:{First}:administrator:0 to an Entra object id")]
    public static partial void NotAdministered(this ILogger logger, string clients, TenantId first);

    [LoggerMessage(EventId = 2111, Level = LogLevel.Warning, Message = "{Why}")]
    public static partial void KillSwitchIsWeak(this ILogger logger, string why);

    [LoggerMessage(EventId = 2112, Level = LogLevel.Critical,
        Message = "THE KILL SWITCH IS ON: nothing is drafted, posted or executed. {Why}")]
    public static partial void SwitchIsOn(this ILogger logger, string why);

    [LoggerMessage(EventId = 2113, Level = LogLevel.Critical, Message = "The kill switch is lifted; what waited is drafted and posted")]
    public static partial void SwitchIsLifted(this ILogger logger);

    [LoggerMessage(EventId = 2114, Level = LogLevel.Warning,
        Message = "Whether the kill switch is on could not be put on the record of {Tenant}; trying again")]
    public static partial void SwitchNotRecorded(this ILogger logger, TenantId tenant, Exception exception);

    [LoggerMessage(EventId = 2109, Level = LogLevel.Warning,
        Message = "The absences that configuration names could not be recorded for {Tenant}; trying again in {Pause}")]
    public static partial void AbsencesNotRecorded(this ILogger logger, TenantId tenant, TimeSpan pause, Exception exception);
}

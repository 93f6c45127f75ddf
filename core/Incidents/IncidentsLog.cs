using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

internal static partial class IncidentsLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Debug,
        Message = "{Connection}: {Added} events recorded, {Duplicates} were on record already")]
    public static partial void EventsReceived(this ILogger logger, string connection, int added, int duplicates);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information,
        Message = "{Tenant}: incident {Incident} opened for event {Event}, scope {Scope}")]
    public static partial void IncidentOpened(
        this ILogger logger, TenantId tenant, IncidentId incident, string @event, IncidentScope scope);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "{Tenant}: incident {Incident} closed, its alerts have ended")]
    public static partial void IncidentResolved(this ILogger logger, TenantId tenant, IncidentId incident);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "{Tenant}: incident {Incident} rose from {From} to {To}")]
    public static partial void IncidentRaised(this ILogger logger, TenantId tenant, IncidentId incident, Severity from, Severity to);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Information,
        Message = "{Tenant}: incident {Incident} opened again for event {Event}, it began {Times} times before")]
    public static partial void IncidentReturned(this ILogger logger, TenantId tenant, IncidentId incident, string @event, int times);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Error,
        Message = "Event {Position} of a delivery over {Connection} cannot be recorded; the sender was told not to send it again")]
    public static partial void EventUnfit(this ILogger logger, string connection, int position, Exception reason);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Information,
        Message = "{Tenant}: closed incidents are not where they should be ({Why}), and are made again from the whole record")]
    public static partial void ClosedMadeAgain(this ILogger logger, TenantId tenant, string why);
}

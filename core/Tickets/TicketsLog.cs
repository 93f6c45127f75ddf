using DevOpsAI.Common;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tickets;

internal static partial class TicketsLog
{
    [LoggerMessage(EventId = 2601, Level = LogLevel.Error, Message = "The connector of a PSA threw instead of answering")]
    public static partial void ConnectorThrew(this ILogger logger, Exception failure);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Warning, Message = "The ticket of {Incident} of {Tenant}: {Problem}")]
    public static partial void TicketTrouble(this ILogger logger, IncidentId incident, TenantId tenant, UntrustedText problem);

    [LoggerMessage(EventId = 2603, Level = LogLevel.Information, Message = "The ticket of {Incident} of {Tenant} is one of {Connection}")]
    public static partial void TicketLinked(this ILogger logger, IncidentId incident, TenantId tenant, string connection);
}

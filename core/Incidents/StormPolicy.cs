using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Decides how much a new incident gathers, from how many were opened just before it and are still open.</summary>
internal static class StormPolicy
{
    public static IncidentScope ScopeOf(TenantState state, EventReceived received, DateTimeOffset now, StormOptions options)
    {
        var ofTenant = 0;
        var ofCause = 0;
        for (var index = state.RecentlyOpened.Length - 1; index >= 0; index--)
        {
            var incident = state.Incidents[state.RecentlyOpened[index]];
            if (now - incident.OpenedAt > options.Window)
                break;
            if (!incident.IsOpen)
                continue;
            ofTenant++;
            if (incident.Opened.CauseKey == received.CauseKey)
                ofCause++;
        }
        return ofTenant >= options.Tenant ? IncidentScope.Tenant
            : ofCause >= options.SameCause ? IncidentScope.Cause
            : IncidentScope.One;
    }

    /// <summary>What the incident says of itself.</summary>
    public static IncidentOpened Open(string incidentId, EventReceived first, IncidentScope scope) =>
        Gathering(incidentId, first, scope) with { Simulated = first.Simulated ? true : null };

    /// <summary>Kind of an incident that gathers everything.</summary>
    public const string AlertStorm = "AlertStorm";

    private static IncidentOpened Gathering(string incidentId, EventReceived first, IncidentScope scope) => scope switch
    {
        IncidentScope.One => new(
            incidentId, first.Title, first.Severity, first.Kind, first.Device, scope, first.CorrelationKey, first.CauseKey, first.EventId, first.Subject),
        IncidentScope.Cause => new(
            incidentId, $"{first.Kind} on several devices", first.Severity, first.Kind, null, scope, first.CorrelationKey, first.CauseKey, first.EventId),
        _ => new(
            incidentId, "Many different alerts at once", first.Severity, AlertStorm, null, scope, first.CorrelationKey, AlertStorm.ToLowerInvariant(), first.EventId),
    };
}

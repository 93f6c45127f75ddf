using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>
/// Decides how much a new incident gathers, from how many were opened just before it and are still open, and from what came with it.
/// </summary>
internal static class StormPolicy
{
    /// <summary>Kind of an incident that gathers everything.</summary>
    public const string AlertStorm = "AlertStorm";

    /// <summary>
    /// How many waiting events of a cause are looked at. Events are correlated in order, so those of one delivery are the first ones.
    /// </summary>
    private const int MaxLookedAt = 64;

    public static IncidentScope GetScope(TenantState state, EventReceived received, DateTimeOffset now, StormOptions options)
    {
        var ofTenant = 0;
        var ofCause = 0;
        for (var index = state.RecentlyOpened.Length - 1; index >= 0; index--)
        {
            if (state.Find(state.RecentlyOpened[index]) is not { } incident)
                continue;
            if (now - incident.CameUpAt > options.Window)
                break;
            // Opened while the clock was ahead: when, nobody knows.
            if (!incident.IsOpen || incident.CameUpAt - now > options.Window)
                continue;
            // A storm of warnings is no reason to gather an error.
            if (incident.CameUpWith >= received.Severity)
                ofTenant++;
            if (incident.Opened.CauseKey == received.CauseKey)
                ofCause++;
        }
        if (received.OwnCard is null && ofTenant >= options.Tenant)
            return IncidentScope.Tenant;
        return Math.Max(ofCause, CameTogether(state, received)) >= EnoughOfCause(received, options)
            ? IncidentScope.Cause
            : IncidentScope.One;
    }

    /// <summary>What the incident says of itself.</summary>
    public static IncidentOpened Open(IncidentId incidentId, EventReceived first, IncidentScope scope, TimeSpan? quietAfter = null) =>
        Gathering(incidentId, first, scope) with
    {
        Simulated = first.Simulated ? true : null,
        GathersUpTo = scope == IncidentScope.Tenant && quietAfter is not null ? first.Severity : null,
        QuietAfter = scope != IncidentScope.One && quietAfter is { } quiet ? (int)quiet.TotalSeconds : null,
    };

    private static int EnoughOfCause(EventReceived received, StormOptions options) =>
        received.OwnCard is OwnCard.Security or OwnCard.Person ? Math.Max(options.Tenant, options.SameCause) : options.SameCause;

    /// <summary>How many different alerts of the cause one delivery brought that still wait.</summary>
    private static int CameTogether(TenantState state, EventReceived received) =>
        received.Delivery is not { Of: > 1 } delivery ? 0 : state.Unattached
        .OfCause(received.CauseKey)
        .Take(MaxLookedAt)
        .Where(waiting => waiting.Event.Delivery?.Sha256 == delivery.Sha256)
        .Select(static waiting => waiting.Event.CorrelationKey)
        .Distinct()
        .Count();

    private static IncidentOpened Gathering(IncidentId incidentId, EventReceived first, IncidentScope scope) => scope switch
    {
        IncidentScope.One => new(
            incidentId, first.Title, first.Severity, first.Kind, first.Device, scope, first.CorrelationKey, first.CauseKey, first.EventId,
            first.Subject),
        IncidentScope.Cause => new(
            incidentId, $"{first.Kind} on several {(first.AboutUser == true ? "users" : "devices")}", first.Severity, first.Kind, null,
            scope, first.CorrelationKey, first.CauseKey, first.EventId),
        _ => new(
            incidentId, "Many different alerts at once", first.Severity, AlertStorm, null, scope, first.CorrelationKey,
            AlertStorm.ToLowerInvariant(), first.EventId),
    };
}

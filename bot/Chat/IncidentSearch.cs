using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Looks for incidents of a kind, also among those that are over and have left the state.</summary>
internal sealed class IncidentSearch(TenantStates states)
{
    /// <summary>Of incidents that have left the state, so many of each client are looked through, the newest first.</summary>
    private const int MaxLookedThrough = 4096;

    /// <summary>An incident that was opened so long before a time was hardly still touched then.</summary>
    private static readonly TimeSpan MaxOpen = TimeSpan.FromDays(30);

    /// <summary>Those that may have been touched since a time; where none was, earlier ones too.</summary>
    public async Task<List<(Tenant Tenant, Incident Incident)>> FindAsync(
        IReadOnlyList<TenantNow> clients, DateTimeOffset since, Predicate<Incident> isMeant, CancellationToken cancellationToken)
    {
        var found = new List<(Tenant, Incident)>();
        foreach (var (tenant, state) in clients)
        {
            found.AddRange(state.Incidents.Values.Where(incident => isMeant(incident)).Select(incident => (tenant, incident)));
            var left = MaxLookedThrough;
            await foreach (var incident in states.ClosedAsync(state, cancellationToken))
            {
                if (left-- == 0 || (found.Count > 0 && incident.OpenedAt < since - MaxOpen))
                    break;
                if (isMeant(incident))
                    found.Add((tenant, incident));
            }
        }
        return found;
    }
}

using System.Runtime.CompilerServices;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Incidents of a state, and those that have left it since they were over.</summary>
public static class IncidentLookup
{
    extension(TenantStates states)
    {
        /// <summary>The incident, here or gone; null when there is none of that id.</summary>
        /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
        public async ValueTask<Incident?> IncidentAsync(TenantState state, IncidentId incidentId, CancellationToken cancellationToken) =>
            state.Find(incidentId) ?? (states.RetiredFrom(state.Tenant) is LeftIncidents left
                ? (await left.FindAsync(state, incidentId, cancellationToken))?.Incident
                : null);

        /// <summary>
        /// A state with an incident that has left it, as if it had not: to decide about it, not to be kept. The state as it is where
        /// there is none.
        /// </summary>
        /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
        public async ValueTask<TenantState> WithAsync(TenantState state, IncidentId incidentId, CancellationToken cancellationToken) =>
            state.Find(incidentId) is null && states.RetiredFrom(state.Tenant) is LeftIncidents left
                && await left.FindAsync(state, incidentId, cancellationToken) is { } found
                ? LeftIncidents.Back(state, [found])
                : state;
    }

    /// <summary>The incidents that have left a state, the newest first, read as far as the caller goes.</summary>
    /// <exception cref="LedgerUnavailableException">They cannot be read now.</exception>
    public static async IAsyncEnumerable<Incident> ClosedAsync(
        this TenantStates states, TenantState state, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (states.RetiredFrom(state.Tenant) is not LeftIncidents left)
            yield break;
        await foreach (var one in left.NewestFirstAsync(state, cancellationToken))
            yield return one.Incident;
    }
}

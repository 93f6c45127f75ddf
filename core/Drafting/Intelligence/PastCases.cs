using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Finds earlier cases of the same tenant and kind, with what was decided and what came of it.</summary>
internal sealed class PastCases(TenantStates states)
{
    private const int MaxCases = 5;

    /// <summary>Of those that have left the state, so many are looked through.</summary>
    private const int MaxLooked = 64;

    /// <summary>The latest first.</summary>
    /// <exception cref="LedgerUnavailableException">They cannot be read now.</exception>
    public async Task<IReadOnlyList<PastCase>> FindAsync(Incident incident, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(incident.Tenant, cancellationToken);
        var found = state.Incidents.Values.Where(other => IsAlike(incident, other))
            .OrderByDescending(static other => other.TimelineSeq).Take(MaxCases).ToList();
        if (found.Count < MaxCases)
        {
            var looked = 0;
            await foreach (var other in states.ClosedAsync(state, cancellationToken))
            {
                if (IsAlike(incident, other) && found.TrueForAll(one => one.Id != other.Id))
                    found.Add(other);
                if (found.Count == MaxCases || ++looked == MaxLooked)
                    break;
            }
        }
        return [.. found.Select(PastCase.From)];
    }

    private static bool IsAlike(Incident incident, Incident other) => other.Id != incident.Id && other.Tenant == incident.Tenant
        && other.Opened.Kind.Equals(incident.Opened.Kind, StringComparison.OrdinalIgnoreCase)
        && (other.Decisions.Length > 0 || other.Execution is not null);
}

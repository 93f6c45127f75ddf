using DevOpsAI.Ledger;

namespace DevOpsAI.Incidents;

/// <summary>Tells an alert that flaps from a new one. Pure.</summary>
internal static class ReturnPolicy
{
    /// <summary>
    /// The incident that fires again instead of a new one being opened: the last one of the same key, where it ended by itself no longer
    /// than <paramref name="within"/> ago. Null where there is none; what somebody decided about, or what was carried out, is over.
    /// </summary>
    /// <param name="at">When the event was recorded that would open it.</param>
    public static Incident? Returning(TenantState state, IncidentOpened opened, DateTimeOffset at, TimeSpan within) =>
        LastLike(state, opened) is { EndedByItself: true, ClosedAt: { } ended } last && (at - ended).Duration() <= within ? last : null;

    /// <summary>The last incident that was opened under the same key.</summary>
    public static Incident? LastLike(TenantState state, IncidentOpened opened) =>
        state.LastByKey.GetValueOrDefault(IncidentsState.KeyOf(opened)) is { } id ? state.Find(id) : null;
}

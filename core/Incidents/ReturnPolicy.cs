namespace DevOpsAI.Incidents;

/// <summary>Tells an alert that flaps from a new one. Pure.</summary>
internal static class ReturnPolicy
{
    /// <summary>
    /// The incident that fires again instead of a new one being opened: the last one of the same key, where it ended by itself no longer
    /// than <paramref name="within"/> ago. Null where there is none; what somebody decided about, or what was carried out, is over.
    /// </summary>
    /// <param name="at">When the event was recorded that would open it.</param>
    /// <param name="last">The last incident that was opened under the same key; null where there is none.</param>
    public static Incident? Returning(Incident? last, DateTimeOffset at, TimeSpan within) =>
        last is { EndedByItself: true, ClosedAt: { } ended } && (at - ended).Duration() <= within ? last : null;
}

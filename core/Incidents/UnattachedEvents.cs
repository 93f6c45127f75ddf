using System.Collections.Immutable;

namespace DevOpsAI.Incidents;

/// <summary>A firing event that no incident has taken yet.</summary>
public sealed record UnattachedEvent(long Seq, EventReceived Event);

/// <summary>
/// Firing events that no incident has taken yet, found by what takes them. Immutable; adding, removing and finding cost the same
/// whether ten wait or ten thousand.
/// </summary>
public sealed class UnattachedEvents
{
    public static readonly UnattachedEvents None = new(
        ImmutableDictionary<string, UnattachedEvent>.Empty,
        ImmutableDictionary<(Key, string), ImmutableSortedDictionary<long, string>>.Empty);

    private readonly ImmutableDictionary<string, UnattachedEvent> byId;
    private readonly ImmutableDictionary<(Key Kind, string Value), ImmutableSortedDictionary<long, string>> index;

    private UnattachedEvents(
        ImmutableDictionary<string, UnattachedEvent> byId,
        ImmutableDictionary<(Key Kind, string Value), ImmutableSortedDictionary<long, string>> index)
    {
        this.byId = byId;
        this.index = index;
    }

    private enum Key { Alert, Correlation, Cause }

    public int Count => byId.Count;

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<UnattachedEvent> All => byId.Values;

    public UnattachedEvent? Find(string eventId) => byId.GetValueOrDefault(eventId);

    /// <summary>Those of one alert, oldest first.</summary>
    public IEnumerable<UnattachedEvent> OfAlert(string alertKey) => Of(Key.Alert, alertKey);

    /// <summary>Those of one cause, oldest first.</summary>
    internal IEnumerable<UnattachedEvent> OfCause(string causeKey) => Of(Key.Cause, causeKey);

    /// <summary>Those that an incident of this scope and these keys takes, oldest first.</summary>
    public IEnumerable<UnattachedEvent> For(IncidentOpened opened) => opened.Scope switch
    {
        IncidentScope.One => Of(Key.Correlation, opened.CorrelationKey),
        IncidentScope.Cause => Of(Key.Cause, opened.CauseKey),
        _ => All.OrderBy(waiting => waiting.Seq),
    };

    internal UnattachedEvents Add(long seq, EventReceived received)
    {
        var next = index;
        foreach (var key in GetKeys(received))
            next = next.SetItem(
                key, (next.GetValueOrDefault(key) ?? ImmutableSortedDictionary<long, string>.Empty).SetItem(seq, received.EventId));
        return new(byId.SetItem(received.EventId, new(seq, received)), next);
    }

    internal UnattachedEvents Remove(string eventId)
    {
        if (Find(eventId) is not { } waiting)
            return this;
        var next = index;
        foreach (var key in GetKeys(waiting.Event))
            next = next[key].Remove(waiting.Seq) is { IsEmpty: false } rest ? next.SetItem(key, rest) : next.Remove(key);
        return new(byId.Remove(eventId), next);
    }

    private static (Key, string)[] GetKeys(EventReceived received) =>
        [(Key.Alert, received.AlertKey), (Key.Correlation, received.CorrelationKey), (Key.Cause, received.CauseKey)];

    private IEnumerable<UnattachedEvent> Of(Key kind, string value) =>
        index.TryGetValue((kind, value), out var ids) ? ids.Values.Select(id => byId[id]) : [];
}

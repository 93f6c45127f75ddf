using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Incidents;

/// <summary>What was last said of an alert.</summary>
/// <param name="Seq">Of the entry that says so.</param>
/// <param name="OccurredAt">When it began or ended, as its source says.</param>
/// <param name="BeganAt">When the occurrence began that was spoken of; null where the source does not say.</param>
/// <param name="Severity">How severe it was said to be.</param>
public sealed record AlertWord(EventStatus Status, long Seq, DateTimeOffset OccurredAt, DateTimeOffset? BeganAt, Severity Severity)
{
    /// <summary>A source whose clock is further ahead than this cannot say what came first.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>
    /// It was said to have begun in the future, so that nothing can be put in order by it: a later end might seem to be an earlier one.
    /// </summary>
    private bool BeganAhead { get; init; }

    /// <summary>As its source says it, this happened in the future: its clock may be set right before it tells the next.</summary>
    private bool IsAhead { get; init; }

    /// <summary><see cref="OccurredAt"/> is what the source itself says.</summary>
    private bool IsTimed { get; init; }

    /// <summary>That the occurrence began was said as well, not only that it ended.</summary>
    private bool BeginningIsKnown { get; init; }

    /// <param name="before">What was said before it.</param>
    /// <param name="at">When it was said, by the ledger; null where that is now.</param>
    internal static AlertWord Create(AlertWord? before, long seq, EventReceived received, DateTimeOffset? at) =>
        new(received.Status, seq, received.OccurredAt, received.BeganAt, received.Severity)
    {
        // A difference of two times always exists; the time five minutes before the first there is does not.
        BeganAhead = received.BeganAt - at > Ahead,
        IsAhead = received.OccurredAt - at > Ahead,
        IsTimed = received.IsTimedBySource == true,
        BeginningIsKnown = received.Status == EventStatus.Firing
            || (before is { BeginningIsKnown: true } && before.BeganAt == received.BeganAt),
    };

    /// <summary>
    /// It is about an occurrence that is over: the end of an earlier one, told after the next one began, or a beginning told for the first
    /// time after its end. It changes nothing any more.
    /// </summary>
    /// <param name="at">When it was said, by the ledger; null where that is now.</param>
    internal bool Outdates(EventReceived received, DateTimeOffset? at) => received.BeganAt is null
        ? Status != received.Status && IsBefore(received, at)
        : !BeganAhead && (Status, received.Status) switch
        {
            (EventStatus.Firing, EventStatus.Resolved) => received.OccurredAt < BeganAt,
            (EventStatus.Resolved, EventStatus.Firing) => !BeginningIsKnown && received.BeganAt == BeganAt,
            _ => false,
        };

    /// <summary>
    /// For a source that tells each thing once. Its times are of one clock; of two that are equal a beginning comes first, unless one was
    /// told already: then it fires again. Where it tells none, only a key that is used for one occurrence has an order.
    /// </summary>
    private bool IsBefore(EventReceived received, DateTimeOffset? at)
    {
        var isItsBeginning = Status == EventStatus.Resolved && !BeginningIsKnown;
        if (!IsTimed || received.IsTimedBySource != true)
            return isItsBeginning && received.KeyIsOccurrence == true;
        var wasSetRight = IsAhead && received.OccurredAt - at <= Ahead;
        return !wasSetRight
            && (received.OccurredAt < OccurredAt || (isItsBeginning && received.OccurredAt == OccurredAt));
    }

    /// <summary>The word after one that it outdates: where it stands is the same, but said again it is news.</summary>
    internal AlertWord After(EventReceived outdated) =>
        outdated.Status == EventStatus.Firing ? this with { BeginningIsKnown = true } : this;
}

/// <summary>One event of a batch, looked up.</summary>
/// <param name="SentId">Made of what was sent.</param>
/// <param name="IsKnown">That id is on record already.</param>
internal sealed record SaidAgain(string SentId, EventReceived Event, bool IsKnown);

/// <summary>
/// Tells a repetition from news. A source that tells how an alert stands uses the same words whenever it stands so: after the end of an
/// alert its beginning is news, in the same words too. Only the same state again is a repetition, with the same readings. Pure.
/// </summary>
internal static class Restatements
{
    /// <summary>
    /// What is to be recorded, in order. What was said before in the same words gets an id that depends on what it follows, so that of two
    /// who say so one is recorded.
    /// </summary>
    public static IReadOnlyList<SaidAgain> News(TenantState state, IReadOnlyList<SaidAgain> batch)
    {
        var lastInBatch = batch.GroupBy(static one => one.Event.AlertKey)
            .ToDictionary(static alert => alert.Key, static alert => (alert.Last(), alert.All(one => one.IsKnown)));
        var words = new Dictionary<string, AlertWord?>();
        var news = new List<SaidAgain>(batch.Count);
        foreach (var one in batch)
        {
            var received = one.Event;
            var onRecord = state.LastWords.GetValueOrDefault(received.AlertKey);
            var word = words.GetValueOrDefault(received.AlertKey) ?? onRecord;
            if (one.IsKnown)
            {
                var (last, allKnown) = lastInBatch[received.AlertKey];
                // The whole of it again leads to where the alert stands already.
                if (received.BeganAt is null || word is null || onRecord is null
                    || (allKnown && last.Event.Status == onRecord.Status && !SaysMore(state, last.Event, onRecord)))
                    continue;
                if (!IsNews(state, received, word))
                    continue;
                news.Add(one with
                    { Event = received with
                        { EventId = EventKeys.EventId(
                            received.Connection, $"{received.SourceId}\n{onRecord.Seq.ToString(CultureInfo.InvariantCulture)}") } });
            }
            else
            {
                news.Add(one);
            }
            words[received.AlertKey] = word?.Outdates(received, at: null) == true
                ? word.After(received)
                : AlertWord.Create(word, word?.Seq ?? 0, received, at: null);
        }
        return news;
    }

    private static bool IsNews(TenantState state, EventReceived received, AlertWord word)
    {
        if (received.Status == word.Status)
            return SaysMore(state, received, word);
        // An occurrence before the last one that ended, delivered once more.
        var isOld = received.Status == EventStatus.Firing && word.BeganAt is { } began && received.OccurredAt < began;
        return !isOld && !word.Outdates(received, at: null);
    }

    /// <summary>
    /// It is more severe than was said, another value was measured, or nobody decided about it in time since: saying it again is not idle.
    /// </summary>
    private static bool SaysMore(TenantState state, EventReceived received, AlertWord word) =>
        (received.Status == EventStatus.Firing && received.Severity > word.Severity) || AsksAgain(state, received, word)
            || ReadsOtherwise(state, received, word);

    /// <summary>The same occurrence with another reading in its title: what is shown of it would be out of date.</summary>
    private static bool ReadsOtherwise(TenantState state, EventReceived received, AlertWord word) =>
        received.Status == EventStatus.Firing && word.Status == EventStatus.Firing && received.BeganAt == word.BeganAt
        && state.FindByAlert(received.AlertKey) is { IsOpen: true, Opened.Scope: IncidentScope.One } incident
        && incident.RecentEvents.LastOrDefault(recent => recent.Event.AlertKey == received.AlertKey).Event is { Title: var told }
        && told != received.Title && Readings.Without(told) == Readings.Without(received.Title);

    private static bool AsksAgain(TenantState state, EventReceived received, AlertWord word) =>
        received.Status == EventStatus.Firing
        && state.FindByAlert(received.AlertKey) is { } incident
        && incident.Unanswered is { } unanswered && unanswered.Seq > word.Seq
        && (incident.IsOpen || incident.ClosedReason == ClosedReasons.Expired);
}

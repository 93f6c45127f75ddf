using System.Globalization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>What was last said of an alert.</summary>
/// <param name="Seq">Of the entry that says so.</param>
/// <param name="OccurredAt">When it began or ended, as its source says.</param>
/// <param name="BeganAt">When the occurrence began that was spoken of; null where the source does not say.</param>
public sealed record AlertWord(EventStatus Status, long Seq, DateTimeOffset OccurredAt, DateTimeOffset? BeganAt)
{
    internal static AlertWord Of(long seq, EventReceived received) => new(received.Status, seq, received.OccurredAt, received.BeganAt);

    /// <summary>The end of an earlier occurrence, told after the next one began: it ends nothing any more.</summary>
    internal bool Outdates(EventReceived received) =>
        Status == EventStatus.Firing && BeganAt is { } began && received is { Status: EventStatus.Resolved, BeganAt: not null } && received.OccurredAt < began;
}

/// <summary>One event of a batch, looked up.</summary>
/// <param name="SentId">Made of what was sent.</param>
/// <param name="IsKnown">That id is on record already.</param>
internal sealed record SaidAgain(string SentId, EventReceived Event, bool IsKnown);

/// <summary>
/// Tells a repetition from news. A source that tells how an alert stands uses the same words whenever it stands so: after the end of an
/// alert its beginning is news, in the same words too. Only the same state again is a repetition. Pure.
/// </summary>
internal static class Restatements
{
    /// <summary>What is to be recorded, in order. What was said before in the same words gets an id that depends on what it follows, so that of two who say so one is recorded.</summary>
    public static IReadOnlyList<SaidAgain> News(TenantState state, IReadOnlyList<SaidAgain> batch)
    {
        var lastInBatch = batch.GroupBy(static one => one.Event.AlertKey).ToDictionary(static alert => alert.Key, static alert => (alert.Last(), alert.All(one => one.IsKnown)));
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
                if (received.BeganAt is null || word is null || onRecord is null || (allKnown && last.Event.Status == onRecord.Status && !AsksAgain(state, last.Event, onRecord)))
                    continue;
                if (!IsNews(state, received, word))
                    continue;
                news.Add(one with { Event = received with { EventId = EventKeys.EventId(received.Connection, $"{received.SourceId}\n{onRecord.Seq.ToString(CultureInfo.InvariantCulture)}") } });
            }
            else
            {
                news.Add(one);
            }
            if (word?.Outdates(received) != true)
                words[received.AlertKey] = AlertWord.Of(word?.Seq ?? 0, received);
        }
        return news;
    }

    private static bool IsNews(TenantState state, EventReceived received, AlertWord word)
    {
        if (received.Status == word.Status)
            return AsksAgain(state, received, word);
        // An occurrence before the last one that ended, delivered once more.
        var isOld = received.Status == EventStatus.Firing && word.BeganAt is { } began && received.OccurredAt < began;
        return !isOld && !word.Outdates(received);
    }

    /// <summary>Nobody decided about it in time since it was last said, so saying it again is not idle.</summary>
    private static bool AsksAgain(TenantState state, EventReceived received, AlertWord word) =>
        received.Status == EventStatus.Firing
        && state.IncidentByAlert.GetValueOrDefault(received.AlertKey) is { } id
        && state.Find(id) is { } incident
        && incident.Unanswered is { } unanswered && unanswered.Seq > word.Seq
        && (incident.IsOpen || incident.ClosedReason == ClosedReasons.Expired);
}

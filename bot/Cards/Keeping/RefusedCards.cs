using System.Collections.Concurrent;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Cards that Teams refused as they are: sent again they are refused again, so they wait for something to show that is different. Kept
/// for as long as the bot runs; a start tries each once more, since a later version may draw it better.
/// </summary>
internal sealed class RefusedCards
{
    private readonly ConcurrentDictionary<CardPlace, (long LastSeq, string ServiceUrl, DateTimeOffset DrawnAt)> refused = new();

    /// <param name="drawnAt">When what was refused was drawn.</param>
    public void Add(CardPlace place, Incident incident, string serviceUrl, DateTimeOffset drawnAt) =>
        refused[place] = (incident.LastSeq, serviceUrl, drawnAt);

    /// <summary>The same card would go to the same address.</summary>
    /// <param name="turnedAt">When something that cards show last began or ended by its date.</param>
    public bool Holds(CardPlace place, Incident incident, string serviceUrl, DateTimeOffset? turnedAt)
    {
        if (!refused.TryGetValue(place, out var last))
            return false;
        if (last.LastSeq == incident.LastSeq && last.ServiceUrl == serviceUrl && !(turnedAt > last.DrawnAt))
            return true;
        refused.TryRemove(new(place, last));
        return false;
    }
}

namespace DevOpsAI.Incidents;

/// <summary>An entry about no incident in particular, after which the cards of some say something else, as after a freeze.</summary>
public interface IConcernsIncidents
{
    /// <param name="at">When the entry was recorded.</param>
    bool Concerns(Incident incident, DateTimeOffset at);

    /// <summary>What waited meanwhile without a card is shown now, as a list where it is much.</summary>
    bool ShowsWhatWaited() => false;
}

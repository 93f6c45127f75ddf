using DevOpsAI.Incidents;

namespace DevOpsAI.Gates;

/// <summary>When a staged proposal expires and escalates. A snooze stops the clock: coming back, the proposal has its whole time again.</summary>
public static class ProposalTimes
{
    public static DateTimeOffset? ExpiresAt(Incident incident) => Moved(incident, incident.Staged?.Terms.ExpiresAt);

    public static DateTimeOffset? EscalateAt(Incident incident) => Moved(incident, incident.Staged?.Terms.EscalateAt);

    private static DateTimeOffset? Moved(Incident incident, DateTimeOffset? time)
    {
        if (time is not { } at)
            return null;
        foreach (var decision in incident.Decisions)
        {
            if (decision.Fact is { Kind: DecisionKind.Snooze, Until: { } until } && until + (time.Value - incident.StagedAt) is var moved && moved > at)
                at = moved;
        }
        return at;
    }
}

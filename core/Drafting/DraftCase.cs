using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting;

/// <summary>What is to be drafted about.</summary>
/// <param name="Client">The tenant's display name.</param>
/// <param name="Events">Those still firing, oldest first; the recent ones when there are very many.</param>
internal sealed record DraftCase(Incident Incident, int Revision, string Client, IReadOnlyList<(long Seq, EventReceived Event)> Events)
{
    public static DraftCase Create(Incident incident, int revision, string client)
    {
        var firing =
            incident.RecentEvents.Where(one => one.Event.Status == EventStatus.Firing && incident.FiringAlerts.Contains(one.Event.AlertKey))
                .ToList();
        return new(incident, revision, client,
            firing.Count > 0 ? firing : [.. incident.RecentEvents.Where(one => one.Event.Status == EventStatus.Firing)]);
    }

    public string Kind => Incident.Opened.Kind;

    /// <summary>The newest event; null when none is remembered.</summary>
    public EventReceived? Newest => Events.Count > 0 ? Events[^1].Event : null;

    public IReadOnlyList<EventReceived> Facts => [.. Events.Select(one => one.Event)];

    /// <summary>The events as evidence, the latest of each alert.</summary>
    public IEnumerable<Finding> Evidence => Events
        .GroupBy(one => one.Event.AlertKey)
        .Select(group => group.Last())
        .TakeLast(MaxEvidence)
        .Select(one => new Finding(
            $"{one.Event.Severity} {QuotedText.Short(one.Event.Kind)} from {one.Event.Connection}: "
                + QuotedText.Short(one.Event.Title, MaxText),
            one.Seq));

    private const int MaxEvidence = 5;
    private const int MaxText = 200;
}

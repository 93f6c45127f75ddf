using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What was reported, in rows: whose, about what, how often and when, in its source's own words; and the gate level.</summary>
internal static class AlertFacts
{
    public static IEnumerable<(string, string)> For(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        if (CardText.Plain(incident.Title, measure.Title, exact: true) != incident.Title)
            yield return Fact("Title", $"{incident.Title,500}");
        yield return Fact("Client", $"**{CardText.Name(view.Tenant.Name, measure.Short)}**");
        if (incident.Opened.Scope == IncidentScope.One && incident.Opened.Device is { } device)
            yield return Fact(Labels.Thing(incident), $"{CardText.Name(device, measure.Short)}");
        yield return Fact("What", What(view));
        if (Reported(incident) is { } reported)
            yield return Fact("Reported", $"{reported,240}");
        if (incident.Staged is { } staged)
            yield return Fact("Level", $"{Labels.Gate(staged.Terms)}");
    }

    private static CardMarkdown What(IncidentView view)
    {
        var incident = view.Incident;
        var first = incident.RecentEvents.IsEmpty ? incident.OpenedAt : Earliest(incident);
        var last = incident.RecentEvents.IsEmpty ? incident.OpenedAt : incident.RecentEvents.Max(recent => recent.Event.OccurredAt);
        var resolved = incident.EventCount > 0 && incident.FiringAlerts.IsEmpty ? ", the source says it ended" : "";
        if (incident.Opened.Scope != IncidentScope.One)
            return $"{incident.Opened.Kind,120}, first {first}, last {last}{resolved}";
        if (incident.EventCount < 2)
            return $"{incident.Opened.Kind,120} at {first}{resolved}";
        return $"{incident.Opened.Kind,120}: {Labels.Events(incident.EventCount)}, first {first}, last {last}{resolved}";
    }

    /// <summary>What the source said beside the title, last.</summary>
    private static string? Reported(Incident incident) => incident.RecentEvents.Select(recent => recent.Event)
        .LastOrDefault(received => received.Status == EventStatus.Firing && received.Description is { Length: > 0 } said
            && said != incident.Title)?.Description;

    private static DateTimeOffset Earliest(Incident incident)
    {
        var earliest = incident.RecentEvents.Min(recent => recent.Event.OccurredAt);
        return incident.EventCount > incident.RecentEvents.Length && incident.OpenedAt < earliest ? incident.OpenedAt : earliest;
    }
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The addresses that the latest alert brought, as links where that is allowed; and its labels, where a person has nothing else to go by.
/// </summary>
internal static class AlertLabels
{
    private static readonly (string Label, string Title)[] Addresses =
    [
        ("runbook_url", "Runbook"), ("dashboard_url", "Dashboard"), ("dashboard", "Dashboard"), ("generatorURL", "Source"),
        ("generator_url", "Source"), ("url", "Link"), ("link", "Link"),
    ];

    public static IEnumerable<OutgoingJson> For(IncidentView view, Measure measure)
    {
        if (view.Incident.RecentEvents.Select(recent => recent.Event).LastOrDefault(received => received.Status == EventStatus.Firing)
            is not { } latest)
            yield break;
        var links = new List<OutgoingJson>();
        foreach (var (label, title) in Addresses)
        {
            if (latest.Attributes.FirstOrDefault(pair => pair.Key.Equals(label, StringComparison.OrdinalIgnoreCase)).Value
                is not { Length: > 0 } text)
                continue;
            if (view.LinkHosts.Allowed(text) is { } address && links.Count < measure.Items)
                links.Add(CardActions.OpenUrl($"{title} at {address.IdnHost}", address));
            else
                yield return Rich("None", new($"{title}: ", Subtle: true), new(text, measure.Short));
        }
        if (links.Count > 0)
            yield return ActionSet(links);
        if (view.Plan.Steps.Count > 0)
            yield break;
        var labels =
            latest.Attributes.Where(pair => Addresses.All(address => !address.Label.Equals(pair.Key, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var shown = Math.Min(labels.Count, measure.Items * 2);
        foreach (var (name, value) in labels.Take(shown))
            yield return Rich("None", new($"{CardText.Plain(name, 40)}: ", Subtle: true), new(value, measure.Short));
        if (labels.Count > shown)
            yield return Rich("None", new TextRun($"and {labels.Count - shown} more labels", Subtle: true));
    }
}

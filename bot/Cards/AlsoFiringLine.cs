using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

internal static class AlsoFiringLine
{
    private const int MaxNamed = 5;

    /// <summary>The other alerts of the incident that still fire, by their titles; null where there are none.</summary>
    public static OutgoingJson? For(IncidentView view)
    {
        var titles = view.Incident.IsOpen ? view.Incident.AlsoFiring.ToList() : [];
        if (titles.Count == 0)
            return null;
        var more = titles.Count > MaxNamed ? $" and {titles.Count - MaxNamed} more" : "";
        var named = string.Join("; ", titles.Take(MaxNamed).Select(static title => SanitizedText.Plain(title, 100)));
        return Rich("Small", new TextRun("Also firing: ", Bold: true), new TextRun($"{named}{more}", Max: 600));
    }
}

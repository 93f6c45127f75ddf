using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>That an incident's alert ends and fires again, how often and in what time, and how it stands now.</summary>
internal static class Flapping
{
    /// <summary>From so often on it is said to flap.</summary>
    private const int Many = 3;

    /// <summary>One line for the card; null for what began once.</summary>
    public static OutgoingJson? Line(IncidentView view) =>
        view.Incident.Beginnings > 1 ? Rich("Small", new TextRun(Sentence(view.Incident), Bold: true)) : null;

    /// <summary>As in <c>Flapping: fired 6 times in 40 min, now firing.</c></summary>
    public static string Sentence(Incident incident)
    {
        var now = incident.FiringAlerts.IsEmpty ? "not firing now" : "now firing";
        var times = $"ired {incident.Beginnings} times in {Phrases.Span(incident.LastBegunAt - incident.OpenedAt)}, {now}.";
        return incident.Beginnings < Many ? $"F{times}" : $"Flapping: f{times}";
    }
}

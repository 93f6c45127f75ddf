using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Views;

/// <summary>That an incident's alert ends and fires again, how often and in what time, and how it stands now.</summary>
internal static class Flapping
{
    /// <summary>From so often on it is said to flap.</summary>
    private const int Many = 3;

    /// <summary>As in <c>Flapping: fired 6 times in 40 min, now firing.</c></summary>
    public static string Describe(Incident incident)
    {
        var now = incident.FiringAlerts.IsEmpty ? "not firing now" : "now firing";
        var times = $"ired {incident.Beginnings} times in {Labels.Span(incident.LastBegunAt - incident.OpenedAt)}, {now}.";
        return incident.Beginnings < Many ? $"F{times}" : $"Flapping: f{times}";
    }
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

internal static class FlappingLine
{
    /// <summary>One line for the card; null for what began once.</summary>
    public static OutgoingJson? For(IncidentView view) =>
        view.Incident.Beginnings > 1 ? Rich("Small", new TextRun(Flapping.Describe(view.Incident), Bold: true)) : null;
}

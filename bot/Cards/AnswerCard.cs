using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The answer to a question about several incidents: each with what was done and a button that brings its card.</summary>
internal static class AnswerCard
{
    public static OutgoingJson Build(AnswerView view)
    {
        List<OutgoingJson> body = [Rich(null, new TextRun(view.Headline, 200, Bold: true, Size: "Medium"))];
        if (view.Hint is not null)
            body.Add(Rich("Small", new TextRun(view.Hint, 200, Subtle: true)));
        if (view.IsPartlySimulated)
            body.Add(IncidentLines.PartlySimulated());
        foreach (var (incident, done) in view.Incidents)
        {
            body.Add(IncidentLines.WithButton(incident));
            if (done is not null)
                body.Add(Rich("None", [.. Runs(done, new(null, 300, Subtle: true))]));
        }
        if (view.More > 0)
            body.Add(Text($"and {view.More} more.", subtle: true));
        return Card.Frame(body, summary: view.Headline);
    }
}

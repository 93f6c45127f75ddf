using DevOpsAI.Bot.Teams;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Why: analysis, evidence and the reasons of the gate level, folded away; who wrote it; and what to quote when something went wrong.</summary>
internal static class BackgroundSection
{
    private const string Id = "why";

    public static IEnumerable<OutgoingJson> Of(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        if (incident.Draft is { } draft)
        {
            List<OutgoingJson> folded = [Rich(null, new TextRun(draft.Analysis, measure.Long, Lines: true))];
            folded.AddRange(draft.Evidence.Take(measure.Items).Select(evidence =>
                Rich("None", new("• "), new(evidence.Text, measure.Long), new(evidence.Seq is { } seq ? $" (entry {seq})" : " (observed when drafted)", Subtle: true))));
            if (incident.Staged is { } staged)
            {
                folded.Add(Text($"**Why this level**", spacing: "Small"));
                folded.AddRange(staged.Terms.Reasons.Take(measure.Items).Select(reason => Rich("None", new("• "), new(reason, measure.Long))));
            }
            yield return ActionSet([CardActions.Toggle("Why?", Id)]);
            yield return Container(folded, id: Id, visible: false);
            yield return Rich("Small", new TextRun(Footer(incident), measure.Long, Subtle: true, Size: "Small"));
        }
        if (incident.Phase is IncidentPhase.Failed or IncidentPhase.Unknown or IncidentPhase.Stopped)
            yield return Rich("None", new TextRun($"Correlation id {incident.Correlation}", Subtle: true, Size: "Small", Mono: true));
    }

    private static string Footer(Incident incident)
    {
        var requested = incident.Staged is { } staged ? $" · requested by {CardText.Name(Phrases.Who(staged.Requester))}" : "";
        var revision = incident.Draft!.Revision > 1 ? $" · revision {incident.Draft.Revision}" : "";
        return $"Drafted by {incident.Draft.Drafter}{revision}{requested} · ledger entry {incident.LastSeq}";
    }
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Everything that need not be read to decide, folded away behind one button: what was reported, the steps in full, analysis, evidence, the
/// reasons of the gate level and who wrote it; and in sight, what to quote when something went wrong.
/// </summary>
internal static class BackgroundSection
{
    public const string Id = "details";

    public static IEnumerable<OutgoingJson> For(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        if (incident.Phase is ProposalPhase.Failed or ProposalPhase.Unknown or ProposalPhase.Stopped)
            yield return Rich("None", new TextRun($"Correlation id {incident.Correlation}", Subtle: true, Size: "Small", Mono: true));
        yield return Container(Folded(view, measure), id: Id, visible: false);
    }

    private static IEnumerable<OutgoingJson> Folded(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        if (incident.Simulated)
            yield return Rich("Small", new TextRun(HeaderSection.Simulation(incident), Bold: true, Tone: Tone.Accent));
        if (SeenBefore.InDetails(view) is { } seen)
            yield return seen;
        foreach (var earlier in DecisionSection.InDetails(incident.Proposal, measure)
            .Concat(OutcomeSection.InDetails(incident.Proposal, measure)))
            yield return earlier;
        yield return Facts(AlertFacts.For(view, measure));
        foreach (var part in AlertLabels.For(view, measure))
            yield return part;
        foreach (var line in PlanSection.InDetails(view, measure))
            yield return line;
        if (incident.Draft is not { } draft)
            yield break;
        if (draft.Analysis.Length > 0)
            yield return Rich("Small", new TextRun(draft.Analysis, measure.Long, Lines: true));
        foreach (var evidence in draft.Evidence.Take(measure.Items))
            yield return Rich("None", new("• "), new(evidence.Text, measure.Long),
                new(evidence.Seq is { } seq ? $" (entry {seq})" : " (observed when drafted)", Subtle: true));
        if (incident.Staged is { } staged)
        {
            yield return Text($"**Why this level**", spacing: "Small");
            foreach (var reason in staged.Terms.Reasons.Take(measure.Items))
                yield return Rich("None", new("• "), new(reason, measure.Long));
        }
        yield return Rich("Small", new TextRun(Footer(incident), measure.Long, Subtle: true, Size: "Small"));
        yield return ActionSet([Buttons.Details(CardData.For(view), 0, null, Buttons.AllDetails)]);
    }

    private static string Footer(Incident incident)
    {
        var requested = incident.Staged is { } staged ? $" · requested by {CardText.Name(Labels.Who(staged.Requester))}" : "";
        var revision = incident.Draft!.Revision > 1 ? $" · revision {incident.Draft.Revision}" : "";
        var drafter = incident.Draft.Drafter == RecommendationDrafted.NoRunbook
            ? "Without a runbook"
            : $"Drafted {Labels.Drafter(incident.Draft)}";
        return $"{drafter}{revision}{requested} · ledger entry {incident.LastSeq}";
    }
}

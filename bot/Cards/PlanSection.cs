using DevOpsAI.Bot.Teams;
using DevOpsAI.Connections;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Exactly what would be done: every step with its real target and its whole command, or a pointer to the pages that show it.</summary>
internal static class PlanSection
{
    private const int RoomForPlan = 9_000;
    private const int Unbounded = int.MaxValue;

    /// <summary>The whole plan as elements; null when it is too much for the first screen.</summary>
    public static IReadOnlyList<OutgoingJson>? Whole(IncidentView view)
    {
        if (view.Plan.Steps.Count > 8)
            return null;
        List<OutgoingJson> whole = [.. view.Plan.Steps.SelectMany((step, number) => Step(view, step, number))];
        return whole.Sum(static part => part.Size) <= RoomForPlan ? whole : null;
    }

    public static IEnumerable<OutgoingJson> Of(IncidentView view, Measure measure, IReadOnlyList<OutgoingJson>? whole)
    {
        var incident = view.Incident;
        if (incident.Draft is not { } draft)
            yield break;
        if (IsOver(incident))
            yield break;
        if (incident.Staged is { Kind: ProposalKind.Undo } && incident.Phase is IncidentPhase.Waiting or IncidentPhase.Snoozed or IncidentPhase.Approved)
            yield return Rich("Medium", new TextRun("Take it back: the rollback of what was done", measure.Long, Bold: true));
        else
            yield return Rich("Medium", new(IsAsked(incident) ? "" : "Proposed: ", Bold: true, Subtle: true), new(draft.Summary, measure.Long, Bold: true));
        if (draft.Problem is { } problem)
            yield return Rich("Small", new("No plan: ", Bold: true, Tone: Tone.Warning), new(problem, measure.Long));
        if (incident.Phase == IncidentPhase.Withdrawn)
            yield break;
        if (whole is not null)
        {
            foreach (var part in whole)
                yield return part;
        }
        else
        {
            yield return Rich("Small", new($"{view.Plan.Steps.Count} steps, too much for one screen: ", Bold: true), new("read every step and command in Details; Approve is on the last page."));
            foreach (var (step, number) in view.Plan.Steps.Take(measure.Items).Select((step, number) => (step, number)))
                yield return Rich("None", new($"{number + 1}. "), new(step.Title, measure.Short), new($" on {CardText.Name(step.Target.Name, 60)}"));
        }
        if (incident.Staged is { NeedsReview: true } && incident.IsUndecided)
            yield return Rich("Small", new TextRun("Cannot be undone. It can be approved only after every page of its details was opened.", Bold: true, Tone: Tone.Attention));
    }

    /// <summary>One step in full: what, on which target of which client, and the whole command.</summary>
    public static IEnumerable<OutgoingJson> Step(IncidentView view, PlanStep step, int number)
    {
        yield return Rich(
            "Small",
            new($"{number + 1}. ", Bold: true),
            new(step.Title, Unbounded, Bold: true),
            new($" · {step.Target.Kind} ", Subtle: true),
            new(CardText.Name(step.Target.Name, Unbounded), Unbounded, Bold: true),
            new($" ({step.Target.Id}) of {CardText.Name(step.Target.Client, Unbounded)}", Unbounded, Subtle: true));
        yield return Container([Rich(null, new TextRun(step.Command, Unbounded, Mono: true, Lines: true))], emphasis: true, spacing: "Small");
        yield return Rich("Small", new TextRun(string.Join(" ", Sentences(view, step)), Unbounded, Subtle: true));
    }

    /// <summary>What was seen before it, and whether it can be taken back.</summary>
    public static IEnumerable<string> Sentences(IncidentView view, PlanStep step)
    {
        if (step.Preconditions.Count > 0)
            yield return $"Observed: {string.Join(", ", step.Preconditions.Select(condition => Seen(view, step, condition)))}.";
        if (step.Rollback is { } rollback)
            yield return Spec(view, step)?.Reversibility == Reversibility.Partly ? $"Can be taken back only in part ({rollback})." : $"Can be taken back ({rollback}).";
        else
            yield return Spec(view, step)?.Reversibility == Reversibility.Irreversible ? "Cannot be undone." : "Has no undo.";
    }

    private static string Seen(IncidentView view, PlanStep step, Condition condition)
    {
        var observed = view.Incident.Staged?.Observed ?? view.Incident.Draft?.Observed;
        return observed?.GetValueOrDefault($"{step.Target.Name} {condition.Observation}") switch
        {
            null => $"{condition} must hold",
            var value when condition.Operator == "==" && value == condition.Value => $"{condition.Observation} is {value}",
            var value => $"{condition.Observation} is {value} (must be {condition.Operator} {condition.Value})",
        };
    }

    private static ActionSpec? Spec(IncidentView view, PlanStep step)
    {
        for (var i = 0; i < view.Plan.Steps.Count && i < view.Actions.Count; i++)
        {
            if (ReferenceEquals(view.Plan.Steps[i], step))
                return view.Actions[i];
        }
        return null;
    }

    /// <summary>The outcome says what was done; the plan is in the details.</summary>
    private static bool IsOver(Incident incident) => incident.Phase is IncidentPhase.Verified or IncidentPhase.Undone or IncidentPhase.Undoing;

    private static bool IsAsked(Incident incident) => incident.IsUndecided || incident.Phase is IncidentPhase.Drafting;
}

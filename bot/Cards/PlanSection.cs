using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Exactly what would be done: one sentence, the whole command of every step or a pointer to the pages that show them, and in one line what
/// could go wrong and whether it can be taken back. What else is known of a step stands in the details.
/// </summary>
internal static class PlanSection
{
    private const int RoomForPlan = 9_000;
    private const int Unbounded = int.MaxValue;

    /// <summary>Every step and command as elements; null when it is too much for the first screen.</summary>
    public static IReadOnlyList<OutgoingJson>? Whole(ProposalView view)
    {
        if (view.Plan.Steps.Count > 8)
            return null;
        List<OutgoingJson> whole = [.. view.Plan.Steps.SelectMany((step, number) => Step(view, step, number))];
        var target = view.Plan.Steps is [var only] ? OutgoingJson.GetSize(On(view, only, "")) : 0;
        return target + whole.Sum(static part => part.Size) <= RoomForPlan ? whole : null;
    }

    public static IEnumerable<OutgoingJson> For(ProposalView view, Measure measure, IReadOnlyList<OutgoingJson>? whole)
    {
        var proposal = view.Proposal;
        if (IsOver(proposal) || (proposal.Draft is null && view.Plan.Steps.Count == 0))
            yield break;
        if (Describe(view, measure, isWhole: whole is not null) is { } said)
            yield return Rich("Medium", new(IsAsked(proposal) || IsWayBack(proposal) ? "" : "Proposed: ", Bold: true, Subtle: true),
                new(said, Unbounded, Bold: true));
        if (proposal.Draft is { Problem: { } problem, Drafter: not RecommendationDrafted.AfterUndo })
            yield return Rich("Small", new("No plan: ", Bold: true, Tone: Tone.Warning), new(problem, measure.Long));
        if (proposal.Draft?.Note is { } note)
            yield return Rich("Small", new TextRun(note, measure.Long, Subtle: true));
        if (proposal.Phase == ProposalPhase.Withdrawn)
            yield break;
        if (whole is not null)
        {
            foreach (var part in whole)
                yield return part;
        }
        else
        {
            yield return Rich("Small", new($"{view.Plan.Steps.Count} steps, too much for one screen: ", Bold: true),
                new($"read every step and command in All details{(view.IsFrozen ? "." : "; Approve is on the last page.")}"));
            foreach (var (step, number) in view.Plan.Steps.Take(measure.Items).Select((step, number) => (step, number)))
                yield return Rich("None", new($"{number + 1}. "), new(step.Title, measure.Short),
                    new($" {EventKeys.Preposition(step.Target.Name)} {CardText.Name(step.Target.Name, 60)}"));
        }
        if (view.Plan.Steps.Count > 0)
            yield return RiskAndWayBack(view);
    }

    /// <summary>What else is known of each step, for the details.</summary>
    public static IEnumerable<OutgoingJson> InDetails(ProposalView view, Measure measure)
    {
        foreach (var (step, number) in view.Plan.Steps.Take(measure.Items).Select((step, number) => (step, number)))
        {
            yield return Rich(
                "Small",
                new($"{number + 1}. ", Bold: true),
                new(step.Title, measure.Long, Bold: true),
                new($" · {step.Target.Kind} {CardText.Name(step.Target.Name, measure.Short)} ({step.Target.Id})"
                    + SanitizedText.Of(step.Target.Client, measure.Short), measure.Long),
                new($". {string.Join(" ", StepMessages.For(view, step))}", measure.Long, Subtle: true));
        }
    }

    /// <summary>What is done, in one sentence that names what it is done to; null where nobody drafted one, and the area says it.</summary>
    private static string? Describe(ProposalView view, Measure measure, bool isWhole)
    {
        var said = IsWayBack(view.Proposal) ? "Take back what was done" : view.Proposal.Draft?.Summary;
        if (said is null)
            return null;
        said = CardText.Plain(said, measure.Long);
        if (!isWhole || view.Plan.Steps is not [var only] || On(view, only, said) is not { Length: > 0 } on)
            return said;
        return said.EndsWith('.') ? $"{said[..^1]}{on}." : said + on;
    }

    /// <summary>One step: its number and title where there are several, and always its whole command.</summary>
    private static IEnumerable<OutgoingJson> Step(ProposalView view, PlanStep step, int number)
    {
        if (view.Plan.Steps.Count > 1)
        {
            yield return Rich(
                "Small",
                new($"{number + 1}. ", Bold: true),
                new(step.Title, Unbounded, Bold: true),
                new(On(view, step, step.Title), Unbounded, Bold: true));
        }
        yield return Container([Rich(null, new TextRun(step.Command, Unbounded, Mono: true, Lines: true))], emphasis: true,
            spacing: "Small");
    }

    /// <summary>The target and whose it is, as far as the sentence and the card's heading leave them open.</summary>
    private static string On(ProposalView view, PlanStep step, string said)
    {
        var target = NameSearch.Names(said, step.Target.Name)
            ? ""
            : $" {EventKeys.Preposition(step.Target.Name)} {CardText.Name(step.Target.Name, Unbounded)}";
        var client = step.Target.Client == view.Tenant.Name ? "" : SanitizedText.Of(step.Target.Client, Unbounded);
        return target.Length + client.Length == 0 ? "" : $"{target}{client}";
    }

    private static OutgoingJson RiskAndWayBack(ProposalView view)
    {
        var steps = view.Plan.Steps;
        var worst = steps.MaxBy(step => WayBack.Rank(view.GetAction(step), step.Rollback is not null))!;
        var words = WayBack.For(view.GetAction(worst), worst.Rollback is not null);
        var differs = steps.Any(step => WayBack.For(view.GetAction(step), step.Rollback is not null) != words);
        var which = differs ? $" (step {steps.TakeWhile(step => !ReferenceEquals(step, worst)).Count() + 1})" : "";
        var asksMore = view.Proposal is { IsUndecided: true, Staged.NeedsReview: true };
        var changesNothing = steps.All(step => view.GetAction(step) is { BlastRadius: BlastRadius.Nothing });
        var said = (IsWayBack(view.Proposal) ? null : view.Proposal.Draft?.Risk) switch
        {
            null => $"It {words}{which}.",
            // What is rated is what happened: a ticket about it is no risk.
            > Risk.Low and var risk when changesNothing => $"{risk} risk found; this {words}.",
            { } risk => $"{risk} risk, {words}{which}.",
        };
        return Rich(
            "Small",
            new(said, Bold: asksMore, Tone: asksMore ? Tone.Attention : Tone.Default),
            new(asksMore && !view.IsFrozen ? " Approve in All details." : "", Bold: true));
    }

    /// <summary>The outcome says what was done; the plan is in the details.</summary>
    private static bool IsOver(Proposal proposal) =>
        proposal.Phase is ProposalPhase.Verified or ProposalPhase.Undone or ProposalPhase.Undoing;

    private static bool IsAsked(Proposal proposal) => proposal.IsUndecided || proposal.Phase is ProposalPhase.Drafting;

    private static bool IsWayBack(Proposal proposal) =>
        proposal is { Staged.Kind: ProposalKind.Undo, Phase: ProposalPhase.Waiting or ProposalPhase.Snoozed or ProposalPhase.Approved };
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Who decided what so far, and why it ended.</summary>
internal static class DecisionSection
{
    public static IEnumerable<OutgoingJson> For(ProposalView view, Measure measure)
    {
        var proposal = view.Proposal;
        var decisions = proposal.EarlierDecisions.RemoveAll(earlier => IsPast(proposal, earlier)).AddRange(proposal.Decisions);
        foreach (var (decision, number) in decisions.Skip(Math.Max(0, decisions.Length - measure.Items))
            .Select((decision, number) => (decision, number)))
            yield return Line(number == 0 ? null : "Small", decision, proposal, measure);
        foreach (var review in proposal.BrokenGlasses.SelectMany(broken => broken.Reviews).TakeLast(measure.Items))
        {
            yield return Rich(
                "Small",
                new($"{(review.Confirms ? "Confirmed" : "Objected to")} by {CardText.Name(Labels.Who(review.By))}", Bold: true),
                new(", "),
                TextRun.At(review.At),
                new(review.Reason is { Length: > 0 } said ? $": {said}" : "", measure.Long));
        }
        if (proposal.IsUndecided && proposal.Staged is { Terms.Approvals: > 1 } staged)
        {
            var left = staged.Terms.Approvals - Given(proposal);
            if (left < staged.Terms.Approvals)
                yield return Rich("Small", new TextRun($"{left} more {(left == 1 ? "approval" : "approvals")} needed.", Bold: true));
        }
        foreach (var absence in view.Absences.Take(measure.Items))
        {
            yield return Rich(
                "Small",
                new($"{CardText.Name(absence.Who.Name)} is absent", Bold: true),
                new(" until "),
                TextRun.At(absence.Until),
                new($"; {(absence.Delegate is { } deputy ? $"{CardText.Name(deputy.Name)} may decide in their "
                    + $"name" : "nobody decides in their name")}."));
        }
        if (proposal.Redraft is { } asked)
            yield return Rich("Small", new(WhyAgain(asked), Bold: true), new(", "), TextRun.At(asked.At));
        if (proposal.Ending is { } ending && decisions.LastOrDefault()?.Fact.Reason != ending)
            yield return Rich("Small", new("Ended: ", Bold: true), new(ending, measure.Long));
        if (proposal.Phase == ProposalPhase.Withdrawn && proposal.Ending is null && proposal.ClosedReason is { } closed)
            yield return Rich("Small", new("Closed: ", Bold: true), new(closed, measure.Long));
        if (proposal.Phase == ProposalPhase.Expired)
            yield return Rich("Small", new TextRun("Nobody decided in time. Silence is never yes, so nothing was done.", Bold: true));
    }

    private static string WhyAgain(Asked asked) => asked.VendorAnswers
        ? "The vendor answers again, so it is drafted anew"
        : $"{CardText.Name(Labels.Who(asked.By))} asked for a new draft";

    /// <summary>Approvals of plans before the one that is asked about: what came of them is in sight.</summary>
    public static IEnumerable<OutgoingJson> InDetails(Proposal proposal, Measure measure) =>
        proposal.EarlierDecisions.Where(earlier => IsPast(proposal, earlier)).TakeLast(measure.Items)
            .Select(earlier => Line("Small", earlier, proposal, measure));

    /// <summary>How many have approved what waits.</summary>
    public static int Given(Proposal proposal) => proposal.Decisions.Count(IsApproval);

    private static bool IsPast(Proposal proposal, Decision earlier) => proposal.IsUndecided && IsApproval(earlier);

    private static bool IsApproval(Decision decision) => decision.Fact.Kind is DecisionKind.Approve or DecisionKind.ApproveWithEdits;

    private static OutgoingJson Line(string? spacing, Decision decision, Proposal proposal, Measure measure)
    {
        var earlier = decision.Fact.Revision < proposal.Staged?.Revision ? $" (revision {decision.Fact.Revision})" : "";
        List<TextRun> runs = [new($"{Labels.Decision(decision.Fact)} by {Labels.Decider(decision)}", Bold: true), new(", "),
            TextRun.At(decision.At)];
        if (decision.Fact is { Kind: DecisionKind.Snooze, Until: { } back })
            runs.AddRange([new(" until "), TextRun.At(back)]);
        return Rich(spacing,
            [.. runs, new(earlier), new(decision.Fact.Reason is { Length: > 0 } reason ? $": {reason}" : "", measure.Long)]);
    }
}

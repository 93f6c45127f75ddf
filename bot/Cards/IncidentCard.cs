using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The one builder of an incident's card, for every phase and every reader. What is approved is shown whole: on the card itself when it
/// fits, otherwise on its pages of details, and then Approve is only found behind the last of them. In sight is what a decision needs, from
/// the title to the buttons; all else is folded away behind <i>Details</i>. Never larger than <see cref="Card.MaxBytes"/>.
/// </summary>
public static class IncidentCard
{
    public static OutgoingJson Build(IncidentView view)
    {
        if (view.Reading is not null)
            return DetailsCard.Build(view);
        return Card.Fitting(measure => Build(view, measure));
    }

    /// <summary>The line of a notification: ours, with the title as outside text.</summary>
    internal static string Summary(IncidentView view) => Card.Summary(view);

    private static OutgoingJson Build(IncidentView view, Measure measure)
    {
        var plan = PlanSection.Whole(view);
        List<OutgoingJson> body = [.. HeaderSection.For(view, measure)];
        body.AddRange(StormSection.For(view, measure));
        var belowHeader = body.Count;
        var (done, next) = (OutcomeSection.For(view, measure), PlanSection.For(view, measure, plan));
        // After an undo the question comes first: that it was taken back is the least of it.
        var asksFirst = view.Incident.AsksAfterUndo
            || view.Incident is { IsUndecided: true, Staged.Kind: ProposalKind.Remedy, Proposal.IsTakenBack: true };
        body.AddRange(asksFirst ? [.. next, .. done] : [.. done, .. next]);
        var terms = TermsSection.For(view);
        if (terms is not null)
            body.Add(terms);
        body.AddRange(DecisionSection.For(view, measure));
        body.AddRange(BackgroundSection.For(view, measure));
        List<OutgoingJson> buttons = [.. Buttons.For(view, CardData.For(view), planFits: plan is not null)];
        if ((FlappingLine.For(view) ?? SeenBefore.InSight(view, body.Concat(buttons))) is { } seen)
            body.Insert(belowHeader, seen);
        if (AlsoFiringLine.For(view) is { } others)
            body.Insert(belowHeader, others);
        var card = Card.Frame(body, buttons, Summary(view));
        CardMentions.Put(card, view, terms);
        CardData.Refresh(card, view);
        return card;
    }
}

/// <summary>How long texts and lists may be on the first screen; shrunk until the card fits.</summary>
/// <param name="Short">Characters of a title or name.</param>
/// <param name="Long">Characters of a sentence or paragraph.</param>
/// <param name="Items">Entries of a list.</param>
internal sealed record Measure(int Short, int Long, int Items)
{
    /// <summary>Characters of the heading: what is longer stands whole in the details.</summary>
    public int Title => Math.Min(Short, 100);
}

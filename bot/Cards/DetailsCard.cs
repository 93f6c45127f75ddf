using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>One page of everything that is known: first all that an approval covers, then evidence and history.</summary>
internal static class DetailsCard
{
    public static OutgoingJson Build(ProposalView view)
    {
        var pages = DetailPages.From(view);
        var number = Math.Clamp(view.Reading!.Page, 0, pages.All.Count - 1);
        List<OutgoingJson> body = [];
        if (view.Notice is not null)
            body.Add(Container([Rich(null, new TextRun(view.Notice, 300, Bold: true))], Tone.Accent));
        var name = CardText.Name(view.Proposal.Subject.ToString(), 80);
        body.Add(Rich(null, new($"{name} ", Bold: true, Subtle: true), new(view.Title, 100, Bold: true)));
        body.Add(Text($"{CardText.Name(view.Tenant.Name, 60)} · details, page {number + 1} of {pages.All.Count}", subtle: true,
            spacing: "None"));
        if (HeaderSection.Identifiers(view) is { } labels)
            body.Add(labels);
        body.AddRange(pages.All[number]);
        return Card.Frame(body, Navigation(view, pages, number), Card.Summary(view));
    }

    private static IEnumerable<OutgoingJson> Navigation(ProposalView view, DetailPages pages, int number)
    {
        var data = CardData.For(view);
        var token = view.Reading!.Token;
        var proposal = view.Proposal;
        if (proposal.IsUndecided && view.Rights.Decide && proposal.Staged!.Terms.Level != GateLevel.L3)
        {
            var isLast = number >= pages.ToReview - 1;
            if (isLast && !proposal.Staged.NeedsReview && !view.IsFrozen)
                yield return Buttons.Approve(data);
            else if (isLast && token is not null && !view.IsFrozen)
                yield return Buttons.Approve(data.With("review", token));
            if (isLast)
                yield return Buttons.Reject(data);
        }
        if (number + 1 < pages.All.Count)
            yield return Buttons.Details(data, number + 1, token, number + 1 < pages.ToReview ? "Next page" : "Evidence and history");
        if (number > 0)
            yield return Buttons.Details(data, number - 1, token, "Previous page");
        yield return CardActions.Execute("Back", Verb.View, data);
    }
}

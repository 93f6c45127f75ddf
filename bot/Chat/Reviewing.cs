using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Walks a person through the pages of an irreversible plan; each page opened earns the token that opens the next.</summary>
internal sealed class Reviewing(IReviews reviews)
{
    /// <summary>The page asked for, or the first one that this person has not opened yet.</summary>
    public TView Open<TView>(TView view, Person person, ClickData data)
        where TView : ProposalView
    {
        if (view.Proposal.Staged is not { NeedsReview: true } staged || !view.Proposal.IsUndecided)
            return view with { Reading = new(data.Page, null) };
        var pages = DetailPages.From(view).ToReview;
        var opened = reviews.Opened(staged, person.ObjectId, data.Review, pages);
        if (data.Page > opened && opened < pages)
        {
            return view with
            {
                Reading = new(opened, reviews.Token(staged, person.ObjectId, opened + 1, pages)),
                Notice = "This plan cannot be undone, so its pages are opened one after another.",
            };
        }
        var read = Math.Max(opened, Math.Min(data.Page + 1, pages));
        return view with { Reading = new(data.Page, reviews.Token(staged, person.ObjectId, read, pages)) };
    }
}

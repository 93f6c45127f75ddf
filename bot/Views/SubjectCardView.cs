using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>Everything the card of a proposal says that belongs to no incident, for one reader at one instant.</summary>
/// <param name="About">Has been staged.</param>
/// <param name="Shown">What its area says of its subject.</param>
public sealed record SubjectCardView(Proposal About, SubjectView Shown, Tenant Tenant, DateTimeOffset Now) : ProposalView(Tenant, Now)
{
    public override Proposal Proposal => About;

    public override string Title => Shown.Title;

    internal override (string Word, Tone Tone) Standing => Labels.For(About);
}

using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Proof, without keeping anything, that a person opened the pages of an irreversible plan one after another.</summary>
public interface IReviews
{
    /// <summary>
    /// Stands for the first <paramref name="pagesOpened"/> of <paramref name="pages"/> pages of this staged proposal, opened by this
    /// person. Evidence that comes in meanwhile may add pages at the end; what was opened before then stays opened.
    /// With all pages opened it is the <see cref="Decide.ReviewToken"/> that approving asks for.
    /// </summary>
    string Token(ProposalStaged staged, PersonId person, int pagesOpened, int pages);

    /// <summary>How many pages the token stands for; 0 for none, for somebody else's and for one that is not ours.</summary>
    int Opened(ProposalStaged staged, PersonId person, string? token, int pages);
}

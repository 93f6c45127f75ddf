using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// Review tokens: HMAC-SHA256 under the proposal's nonce, which never leaves the ledger. So any instance can check them,
/// nobody can make one, and one person's token, or an earlier revision's, is worth nothing to another.
/// </summary>
public sealed class Reviews : IReviews
{
    public string Token(ProposalStaged staged, PersonId person, int pagesOpened, int pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pagesOpened, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pagesOpened, pages);
        return Mac(staged, person, pagesOpened == pages ? "reviewed all pages" : $"opened {pagesOpened} pages");
    }

    public int Opened(ProposalStaged staged, PersonId person, string? token, int pages)
    {
        for (var opened = pages; opened > 0 && token is not null; opened--)
        {
            if (Same(Token(staged, person, opened, pages), token))
                return opened;
        }
        return 0;
    }

    /// <summary>Whether the token proves that this person opened every page of exactly this proposal.</summary>
    public static bool IsReviewed(ProposalStaged staged, PersonId person, string? token) =>
        token is not null && Same(Mac(staged, person, "reviewed all pages"), token);

    private static string Mac(ProposalStaged staged, PersonId person, string what) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Convert.FromHexString(staged.Nonce),
        Encoding.UTF8.GetBytes($"{staged.Seal}\n{person.Folded}\n{what}")));

    private static bool Same(string ours, string theirs) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ours), Encoding.UTF8.GetBytes(theirs));
}

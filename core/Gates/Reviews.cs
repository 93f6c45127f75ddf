using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>
/// Review tokens: HMAC-SHA256 under the proposal's nonce, which never leaves the ledger. So any instance can check them,
/// nobody can make one, and one person's token, or an earlier revision's, is worth nothing to another.
/// </summary>
public sealed class Reviews : IReviews
{
    public string Token(ProposalStaged staged, string personObjectId, int pagesOpened, int pages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pagesOpened, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pagesOpened, pages);
        return Mac(staged, personObjectId, pagesOpened == pages ? "reviewed all pages" : $"opened {pagesOpened} pages");
    }

    public int Opened(ProposalStaged staged, string personObjectId, string? token, int pages)
    {
        for (var opened = pages; opened > 0 && token is not null; opened--)
        {
            if (Same(Token(staged, personObjectId, opened, pages), token))
                return opened;
        }
        return 0;
    }

    /// <summary>Whether the token proves that this person opened every page of exactly this proposal.</summary>
    public static bool IsReviewed(ProposalStaged staged, string personObjectId, string? token) =>
        token is not null && Same(Mac(staged, personObjectId, "reviewed all pages"), token);

    private static string Mac(ProposalStaged staged, string personObjectId, string what) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Convert.FromHexString(staged.Nonce),
        Encoding.UTF8.GetBytes($"{staged.Seal}\n{personObjectId.ToLowerInvariant()}\n{what}")));

    private static bool Same(string ours, string theirs) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ours), Encoding.UTF8.GetBytes(theirs));
}

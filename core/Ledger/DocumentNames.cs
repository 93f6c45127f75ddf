using System.Text.RegularExpressions;

namespace DevOpsAI.Ledger;

/// <summary>What kinds and ids may look like in every store.</summary>
internal static partial class DocumentNames
{
    /// <exception cref="ArgumentException">Not a kind or id that every store can keep.</exception>
    public static void Check(string kind, string id)
    {
        if (!Kind().IsMatch(kind))
            throw new ArgumentException($"'{kind}' is not a kind of document: lower-case letters and hyphens.", nameof(kind));
        if (!Id().IsMatch(id))
            throw new ArgumentException(
                $"'{id}' is not the id of a document: at most 200 of A-Z, a-z, 0-9, '-', '_', '.', ':' and '|'.", nameof(id));
    }

    [GeneratedRegex(@"^[a-z][a-z-]{0,39}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^[A-Za-z0-9_.:|-]{1,200}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}

using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// What the documents beside a ledger know of a tenant that has none any more: whoever takes away a tenant's entries has to know all these
/// places. The tenant's own key is none of them: it is made before the first entry.
/// </summary>
public static class LedgerTraces
{
    private static readonly (string Kind, string What)[] Left =
    [
        (TreeNodes.DocumentKind, "parts of its tree"),
        (WitnessRounds.Kind, "what a witness has signed"),
        (DocumentCursors.Kind, "how far work on its entries had come"),
        (KeyDocuments.StateKind, "the state that was made of them"),
        (KeyDocuments.IndexKind, "an index of them"),
        (KeyDocuments.SubjectKeyKind, "keys of people or users on its record"),
    ];

    /// <summary>What tells of entries, for a sentence; null when nothing does.</summary>
    /// <exception cref="LedgerUnavailableException">The documents cannot be read now.</exception>
    public static async Task<string?> FindAsync(IDocuments documents, TenantId tenant, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var (kind, what) in Left)
        {
            await foreach (var _ in documents.ListAsync(DocumentScope.From(tenant), kind, "", cancellationToken))
            {
                found.Add(what);
                break;
            }
        }
        return found.Count == 0 ? null : string.Join(", ", found);
    }
}

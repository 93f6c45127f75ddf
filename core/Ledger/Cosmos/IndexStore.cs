using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// Keeps each tenant's index beside its ledger, so that an instance that starts reads that and the commits after it. Derived, as a state
/// is: one that the ledger does not bear out is told once and made anew. The last of several instances to write it wins.
/// </summary>
internal sealed class IndexStore(CosmosStore store, CommitStore commits, IKeyRing ring, ILogger logger)
{
    private readonly DerivedDocuments documents = new(new CosmosDocuments(store));

    /// <summary>The index that was kept last, and the commit it ends with; null when there is none to go on from.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be told now.</exception>
    public async Task<(TenantIndex Index, Commit Last)?> LoadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var key = await ring.OfDerivedAsync(tenant, mayCreate: false, cancellationToken);
        var content = await documents.FindAsync(key, GetName(tenant), cancellationToken);
        if (content is DerivedContent.Missing)
            return null;
        var why = (content as DerivedContent.Unfit)?.Why;
        if (content is DerivedContent.Fit fit)
        {
            try
            {
                var index = TenantIndex.Read(fit.Content);
                var last = await commits.FindAsync(tenant, index.GetCommit(index.Count), cancellationToken);
                if (fit.Header.Seq == index.Count && last?.Last == index.Count
                    && last.Lines[^1].Leaf.AsSpan().SequenceEqual(fit.Header.Leaf))
                    return (index, last);
                why = $"entry {fit.Header.Seq} is another one in the record, or not there";
            }
            catch (FormatException unreadable)
            {
                why = $"it cannot be read ({unreadable.Message})";
            }
        }
        logger.IndexUnfit(tenant, why!);
        return null;
    }

    /// <summary>Keeps an index. A failure is told and harmless.</summary>
    /// <param name="leaf">Leaf hash of its last entry.</param>
    public async Task SaveAsync(TenantId tenant, long count, byte[] leaf, byte[] written)
    {
        try
        {
            if (await ring.OfDerivedAsync(tenant, mayCreate: true, CancellationToken.None) is { } key)
                await documents.TryPutAsync(key, GetName(tenant), (count, leaf), written, CancellationToken.None);
        }
        catch (Exception failure)
        {
            logger.IndexNotKept(tenant, failure);
        }
    }

    private static DerivedName GetName(TenantId tenant) => new(tenant, KeyDocuments.IndexKind, "index", TenantIndex.Shape);
}

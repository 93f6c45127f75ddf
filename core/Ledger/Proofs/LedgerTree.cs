using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>The stored ledger does not give the tree that it should: it was changed, or cut, after the checkpoint was signed.</summary>
public sealed class LedgerTreeException(string message) : Exception(message);

/// <summary>
/// Makes proofs from a stored ledger of any kind. What it hands out has been checked against the checkpoint's root; kept tree nodes that
/// turn out wrong are passed over, and written anew where the documents can be written.
/// </summary>
public sealed class LedgerTree(ILedgerArchive archive, IDocuments documents)
{
    /// <summary>The stored ledger that the tree is of.</summary>
    public ILedgerArchive Archive => archive;

    /// <summary>Root of the first <paramref name="size"/> entries as they are stored.</summary>
    /// <param name="trustKept">False to compute everything from the leaves.</param>
    /// <exception cref="LedgerTreeException">There are fewer entries.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public ValueTask<byte[]> RootAsync(TenantId tenant, long size, bool trustKept, CancellationToken cancellationToken) =>
        new TreeNodes(archive, documents, tenant, trustKept).RootAsync(new(0, size), cancellationToken);

    /// <summary>
    /// The tree of the first <paramref name="size"/> entries, to go on from, as the kept nodes give it: whoever uses it checks its root.
    /// </summary>
    /// <exception cref="LedgerTreeException">There are fewer entries.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public ValueTask<CompactRange> RangeAsync(TenantId tenant, long size, CancellationToken cancellationToken) =>
        new TreeNodes(archive, documents, tenant, trustKept: true).RangeAsync(size, cancellationToken);

    /// <summary>Proves that entry <paramref name="seq"/> is in the tree of a checkpoint.</summary>
    /// <param name="leafHash">Of the entry as the caller has it; the proof is for exactly this one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint does not reach that entry.</exception>
    /// <exception cref="LedgerTreeException">The stored ledger is not the one of the checkpoint.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<InclusionProof> InclusionAsync(
        TenantId tenant, long seq, ReadOnlyMemory<byte> leafHash, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var path = MerkleProofs.InclusionPath(seq - 1, checkpoint.Size);
        return await CheckedAsync(
            tenant,
            checkpoint.Size,
            async nodes => new InclusionProof(seq - 1, checkpoint.Size, await RootsAsync(nodes, path, cancellationToken)),
            proof => proof.Proves(leafHash.Span, checkpoint.Root),
            $"Entry {seq} of {tenant} as it is stored is not what the checkpoint of size {checkpoint.Size} was signed for. 'ledger "
            + $"verify' says more.",
            cancellationToken);
    }

    /// <summary>Proves that the tree of <paramref name="old"/> is the beginning of that of <paramref name="current"/>.</summary>
    /// <exception cref="LedgerTreeException">The stored ledger is not one that has both heads.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<ConsistencyProof> ConsistencyAsync(
        TenantId tenant, Checkpoint old, Checkpoint current, CancellationToken cancellationToken)
    {
        var path = MerkleProofs.ConsistencyPath(old.Size, current.Size);
        return await CheckedAsync(
            tenant,
            current.Size,
            async nodes => new ConsistencyProof(old.Size, current.Size, await RootsAsync(nodes, path, cancellationToken)),
            proof => proof.Proves(old.Root, current.Root),
            $"The ledger of {tenant} as it is stored does not lead from the checkpoint of size {old.Size} to that of size {current.Size}.",
            cancellationToken);
    }

    /// <summary>
    /// Proves towards somebody who says only how much of the ledger he knows, as a witness does. Whether he knows the same beginning is for
    /// him to check.
    /// </summary>
    /// <exception cref="LedgerTreeException">The stored ledger is not the one of the checkpoint.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<ConsistencyProof> ConsistencyAsync(
        TenantId tenant, long oldSize, Checkpoint current, CancellationToken cancellationToken)
    {
        var path = MerkleProofs.ConsistencyPath(oldSize, current.Size);
        var (proof, _) = await CheckedAsync(
            tenant,
            current.Size,
            async nodes => (
                Proof: new ConsistencyProof(oldSize, current.Size, await RootsAsync(nodes, path, cancellationToken)),
                OldRoot: await nodes.RootAsync(new(0, oldSize), cancellationToken)),
            made => made.Proof.Proves(made.OldRoot, current.Root),
            $"The ledger of {tenant} as it is stored is not the one that the checkpoint of size {current.Size} was signed for.",
            cancellationToken);
        return proof;
    }

    /// <summary>Keeps the nodes of a tree of this size, so that later proofs need only a few reads.</summary>
    public Task KeepNodesAsync(TenantId tenant, long size, CancellationToken cancellationToken) =>
        new TreeNodes(archive, documents, tenant, trustKept: true).KeepAsync(size, cancellationToken);

    private async ValueTask<TProof> CheckedAsync<TProof>(
        TenantId tenant, long size, Func<TreeNodes, ValueTask<TProof>> make, Predicate<TProof> isTrue, string otherwise,
        CancellationToken cancellationToken)
    {
        var proof = await make(new(archive, documents, tenant, trustKept: true));
        if (isTrue(proof))
            return proof;
        var fresh = new TreeNodes(archive, documents, tenant, trustKept: false);
        proof = await make(fresh);
        if (!isTrue(proof))
            throw new LedgerTreeException(otherwise);
        try
        {
            await fresh.RewriteAsync(size, cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            // A copy that cannot be written, or a store that is away: the proof holds without it.
        }
        return proof;
    }

    private static async ValueTask<IReadOnlyList<byte[]>> RootsAsync(
        TreeNodes nodes, IReadOnlyList<TreeRange> ranges, CancellationToken cancellationToken)
    {
        var roots = new List<byte[]>(ranges.Count);
        foreach (var range in ranges)
            roots.Add(await nodes.RootAsync(range, cancellationToken));
        return roots;
    }
}

namespace DevOpsAI.Ledger.Proofs;

/// <summary>That a leaf is in a tree.</summary>
/// <param name="Index">0-based: the entry's seq - 1.</param>
/// <param name="Size">Number of leaves of the tree.</param>
/// <param name="Path">32-byte hashes, from the leaf's sibling up to the root's child.</param>
public sealed record InclusionProof(long Index, long Size, IReadOnlyList<byte[]> Path)
{
    public bool Proves(ReadOnlySpan<byte> leafHash, ReadOnlySpan<byte> root) =>
        MerkleProofs.CheckInclusion(Index, Size, leafHash, Path, root);
}

/// <summary>That a tree is the beginning of a larger one.</summary>
/// <param name="Path">32-byte hashes; empty when both sizes are the same.</param>
public sealed record ConsistencyProof(long OldSize, long Size, IReadOnlyList<byte[]> Path)
{
    public bool Proves(ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> root) =>
        MerkleProofs.CheckConsistency(OldSize, Size, oldRoot, root, Path);
}

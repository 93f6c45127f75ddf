using System.Numerics;
using System.Runtime.InteropServices;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Proofs of RFC 6962 over leaf hashes: which subtrees make them up, and the checks that RFC 9162 spells out. Pure; nothing here trusts its
/// input.
/// </summary>
public static class MerkleProofs
{
    /// <summary>No tree of 64-bit size has a longer proof.</summary>
    public const int MaxPathLength = 64;

    /// <summary>The subtrees whose roots prove that a leaf is in the tree: from the leaf's sibling up to the root's child.</summary>
    /// <param name="index">0-based: the entry's seq - 1.</param>
    public static IReadOnlyList<TreeRange> InclusionPath(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<TreeRange>();
        for (var (first, count) = (0L, size); count > 1;)
        {
            var left = Split(count);
            if (index - first < left)
            {
                path.Add(new(first + left, count - left));
                count = left;
            }
            else
            {
                path.Add(new(first, left));
                (first, count) = (first + left, count - left);
            }
        }
        path.Reverse();
        return path;
    }

    /// <summary>
    /// The subtrees whose roots prove that a tree of <paramref name="oldSize"/> is the beginning of one of <paramref name="size"/>.
    /// </summary>
    /// <param name="oldSize">At least 1: of an empty tree there is nothing to prove.</param>
    public static IReadOnlyList<TreeRange> ConsistencyPath(long oldSize, long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oldSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        var path = new List<TreeRange>();
        var (first, count, whole) = (0L, size, true);
        while (oldSize < count)
        {
            var left = Split(count);
            if (oldSize <= left)
            {
                path.Add(new(first + left, count - left));
                count = left;
            }
            else
            {
                path.Add(new(first, left));
                (first, count, oldSize, whole) = (first + left, count - left, oldSize - left, false);
            }
        }
        if (!whole)
            path.Add(new(first, count));
        path.Reverse();
        return path;
    }

    /// <summary>Whether the leaf is at <paramref name="index"/> (0-based) of the tree with this root.</summary>
    public static bool CheckInclusion(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> path,
        ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leafHash.Length != MerkleTree.HashSize || !AreHashes(path))
            return false;
        var (position, last) = ((ulong)index, (ulong)size - 1);
        Span<byte> hash = stackalloc byte[MerkleTree.HashSize];
        leafHash.CopyTo(hash);
        foreach (var sibling in path)
        {
            if (last == 0)
                return false;
            if ((position & 1) == 1 || position == last)
            {
                MerkleTree.HashNode(sibling, hash, hash);
                SkipLoneNodes(ref position, ref last);
            }
            else
            {
                MerkleTree.HashNode(hash, sibling, hash);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>
    /// Whether the tree with <paramref name="oldRoot"/> is the beginning of the one with <paramref name="root"/>. An old size of 0 is
    /// refused: every tree continues the empty one, so such a proof would say nothing.
    /// </summary>
    public static bool CheckConsistency(
        long oldSize, long size, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> path)
    {
        if (oldSize < 1 || oldSize > size || !AreHashes(path))
            return false;
        if (oldSize == size)
            return path.Count == 0 && oldRoot.SequenceEqual(root);
        var isWhole = BitOperations.IsPow2(oldSize);
        if (path.Count == 0 || oldRoot.Length != MerkleTree.HashSize)
            return false;
        var (position, last) = ((ulong)oldSize - 1, (ulong)size - 1);
        while ((position & 1) == 1)
        {
            position >>= 1;
            last >>= 1;
        }
        Span<byte> before = stackalloc byte[MerkleTree.HashSize];
        Span<byte> after = stackalloc byte[MerkleTree.HashSize];
        (isWhole ? oldRoot : path[0]).CopyTo(before);
        before.CopyTo(after);
        for (var i = isWhole ? 0 : 1; i < path.Count; i++)
        {
            if (last == 0)
                return false;
            if ((position & 1) == 1 || position == last)
            {
                MerkleTree.HashNode(path[i], before, before);
                MerkleTree.HashNode(path[i], after, after);
                SkipLoneNodes(ref position, ref last);
            }
            else
            {
                MerkleTree.HashNode(after, path[i], after);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 && oldRoot.SequenceEqual(before) && root.SequenceEqual(after);
    }

    /// <summary>Size of the left subtree of <paramref name="count"/> leaves: the largest power of two below it.</summary>
    internal static long Split(long count) => 1L << BitOperations.Log2((ulong)count - 1);

    /// <summary>A node without a right neighbour moves up as it is.</summary>
    private static void SkipLoneNodes(ref ulong position, ref ulong last)
    {
        while ((position & 1) == 0 && position != 0)
        {
            position >>= 1;
            last >>= 1;
        }
    }

    private static bool AreHashes(IReadOnlyList<byte[]> path) =>
        path.Count <= MaxPathLength && path.All(static hash => hash.Length == MerkleTree.HashSize);
}

/// <summary>Neighbouring leaves that make a subtree.</summary>
/// <param name="First">0-based.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TreeRange(long First, long Count);

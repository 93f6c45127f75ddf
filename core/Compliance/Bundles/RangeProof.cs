using System.Numerics;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// That a run of leaves is in a tree, complete and in its place: the roots of the perfect subtrees to its left and to its right.
/// With the leaves between them they give the root.
/// </summary>
/// <param name="Left">Over the entries before the first, largest subtree first; lower-case hexadecimal.</param>
/// <param name="Right">Over the entries after the last, in order.</param>
internal sealed record RangeProof(long First, long Last, long TreeSize, IReadOnlyList<string> Left, IReadOnlyList<string> Right)
{
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Readable.RangeProof), (byte)'\n'];

    /// <summary>Heights of the subtrees that make up the first <paramref name="size"/> leaves, in order.</summary>
    public static IEnumerable<int> LeftHeights(long size)
    {
        for (var height = 62; height >= 0; height--)
        {
            if ((size >> height & 1) == 1)
                yield return height;
        }
    }

    /// <summary>
    /// Heights of the largest aligned subtrees from <paramref name="start"/> leaves to <paramref name="size"/>, in order.
    /// </summary>
    public static IEnumerable<int> RightHeights(long start, long size)
    {
        while (start < size)
        {
            var fits = BitOperations.Log2((ulong)(size - start));
            var height = start == 0 ? fits : Math.Min(BitOperations.TrailingZeroCount(start), fits);
            yield return height;
            start += 1L << height;
        }
    }

    /// <summary>Roots of neighbouring subtrees, from stored leaf hashes.</summary>
    public static async Task<IReadOnlyList<string>> RootsAsync(
        ILedgerArchive archive, TenantId tenant, long start, IEnumerable<int> heights, CancellationToken cancellationToken)
    {
        const int Chunk = 8192;
        var roots = new List<string>();
        foreach (var height in heights)
        {
            var range = new CompactRange();
            for (var end = start + (1L << height); start < end;)
            {
                var leaves = await archive.LeavesAsync(tenant, start + 1, (int)Math.Min(Chunk, end - start), cancellationToken);
                if (leaves.Length == 0 || leaves.Length % MerkleTree.HashSize != 0)
                    throw new EvidenceException(
                        $"The ledger of {tenant} lacks entry {start + 1}, which its checkpoint covers. 'ledger verify' says more.");
                for (var at = 0; at < leaves.Length; at += MerkleTree.HashSize)
                    range.Append(leaves.Span.Slice(at, MerkleTree.HashSize));
                start += leaves.Length / MerkleTree.HashSize;
            }
            roots.Add(Convert.ToHexStringLower(range.Root()));
        }
        return roots;
    }
}

/// <summary>A growing tree as a stack of perfect subtrees: what VERIFY.md tells people to build.</summary>
internal sealed class SubtreeStack
{
    private readonly List<(int Height, byte[] Hash)> subtrees = [];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <exception cref="FormatException">A subtree of that height cannot stand here.</exception>
    public void Push(int height, byte[] hash)
    {
        if (height > 62 || Size % (1L << height) != 0)
            throw new FormatException("a subtree that cannot stand where it does");
        Size += 1L << height;
        while (subtrees is [.., var (top, left)] && top == height)
        {
            subtrees.RemoveAt(subtrees.Count - 1);
            var node = new byte[MerkleTree.HashSize];
            MerkleTree.HashNode(left, hash, node);
            (height, hash) = (height + 1, node);
        }
        subtrees.Add((height, hash));
    }

    public byte[] Root()
    {
        if (subtrees.Count == 0)
            return MerkleTree.EmptyRoot.ToArray();
        var root = subtrees[^1].Hash.ToArray();
        for (var i = subtrees.Count - 2; i >= 0; i--)
            MerkleTree.HashNode(subtrees[i].Hash, root, root);
        return root;
    }
}

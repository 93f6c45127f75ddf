using System.Buffers.Binary;
using System.Numerics;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// The perfect subtrees of one tenant's tree, in rows of 256 neighbours: row level 0 is leaf hashes in the archive, level 1 the roots of
/// 256 leaves each, level 2 the roots of 65,536, and so on. Those above level 0 are kept as documents; a node, once there, never changes,
/// so a row only grows. They are derived: what is missing is computed, and whoever uses them checks the outcome against a signed root.
/// </summary>
/// <remarks>Remembers what it has read; meant for one piece of work, by one caller at a time.</remarks>
/// <param name="trustKept">False to compute everything from the leaves.</param>
internal sealed class TreeNodes(ILedgerArchive archive, IDocuments documents, TenantId tenant, bool trustKept)
{
    public const string DocumentKind = "tree-node";

    /// <summary>Levels of the tree between two rows.</summary>
    private const int RowHeight = 8;

    /// <summary>Nodes in a full row.</summary>
    public const int RowWidth = 1 << RowHeight;

    private readonly Dictionary<(int Level, long Number), byte[]> rows = [];

    /// <summary>
    /// Root of the subtree over some leaves, the first of which has to be at a multiple of the largest power of two below their number.
    /// </summary>
    public async ValueTask<byte[]> RootAsync(TreeRange range, CancellationToken cancellationToken)
    {
        // From the right, as the smaller subtrees are deeper.
        byte[]? root = null;
        for (var left = range.Count; left > 0;)
        {
            var height = BitOperations.TrailingZeroCount(left);
            left -= 1L << height;
            var node = await PerfectAsync(height, (range.First + left) >> height, cancellationToken);
            if (root is null)
                root = node;
            else
                MerkleTree.HashNode(node, root, root);
        }
        return root ?? MerkleTree.EmptyRoot.ToArray();
    }

    /// <summary>The roots of the perfect subtrees that a tree of this size is made of.</summary>
    public async ValueTask<CompactRange> RangeAsync(long size, CancellationToken cancellationToken)
    {
        var saved = new byte[sizeof(long) + (BitOperations.PopCount((ulong)size) * MerkleTree.HashSize)];
        BinaryPrimitives.WriteInt64BigEndian(saved, size);
        var (first, at) = (0L, sizeof(long));
        for (var height = BitOperations.Log2((ulong)size); first < size; height--)
        {
            if (((size >> height) & 1) == 0)
                continue;
            (await PerfectAsync(height, first >> height, cancellationToken)).CopyTo(saved, at);
            first += 1L << height;
            at += MerkleTree.HashSize;
        }
        return CompactRange.Load(saved);
    }

    /// <summary>
    /// Keeps every full node of a tree of this size that is not kept yet. Other instances may do the same at the same time.
    /// </summary>
    public async Task KeepAsync(long size, CancellationToken cancellationToken)
    {
        for (var level = 1; size >> (RowHeight * level) > 0; level++)
        {
            var nodes = size >> (RowHeight * level);
            for (var number = await FirstOpenRowAsync(level, nodes, cancellationToken); number * RowWidth < nodes; number++)
                await KeepRowAsync(level, number, (int)Math.Min(RowWidth, nodes - (number * RowWidth)), cancellationToken);
        }
    }

    /// <summary>Replaces what is kept of a tree of this size by what the leaves give.</summary>
    public async Task RewriteAsync(long size, CancellationToken cancellationToken)
    {
        await foreach (var kept in documents.ListAsync(DocumentScope.From(tenant), DocumentKind, "", cancellationToken))
            await documents.DeleteAsync(DocumentScope.From(tenant), DocumentKind, kept.Id, cancellationToken);
        await KeepAsync(size, cancellationToken);
    }

    /// <summary>Rows are kept in order, so the last one that is there tells that those before it are.</summary>
    private async ValueTask<long> FirstOpenRowAsync(int level, long nodes, CancellationToken cancellationToken)
    {
        var number = (nodes - 1) / RowWidth;
        while (number > 0
            && await documents.FindAsync(DocumentScope.From(tenant), DocumentKind, GetId(level, number), cancellationToken) is null)
            number--;
        return number;
    }

    private async Task KeepRowAsync(int level, long number, int width, CancellationToken cancellationToken)
    {
        var kept = await documents.FindAsync(DocumentScope.From(tenant), DocumentKind, GetId(level, number), cancellationToken);
        if (kept is not null && kept.Value.Length >= width * MerkleTree.HashSize)
            return;
        var row = await RowAsync(level, number, width, cancellationToken);
        // Somebody faster has written the same, or more of it.
        await documents.TryPutAsync(
            DocumentScope.From(tenant), DocumentKind, GetId(level, number), row.AsMemory(0, width * MerkleTree.HashSize), kept?.Tag,
            cancellationToken);
    }

    private async ValueTask<byte[]> PerfectAsync(int height, long index, CancellationToken cancellationToken)
    {
        var level = height / RowHeight;
        var width = 1 << (height % RowHeight);
        var first = index * width;
        var row = await RowAsync(level, first / RowWidth, (int)(first % RowWidth) + width, cancellationToken);
        return Apply(row.AsSpan((int)(first % RowWidth) * MerkleTree.HashSize, width * MerkleTree.HashSize));
    }

    /// <summary>A row with at least <paramref name="width"/> nodes.</summary>
    private async ValueTask<byte[]> RowAsync(int level, long number, int width, CancellationToken cancellationToken)
    {
        if (rows.TryGetValue((level, number), out var known) && known.Length >= width * MerkleTree.HashSize)
            return known;
        return rows[(level, number)] = level == 0
            ? await LeavesAsync(number, width, cancellationToken)
            : await InnerAsync(level, number, width, known ?? await KeptAsync(level, number, cancellationToken), cancellationToken);
    }

    private async ValueTask<byte[]> LeavesAsync(long number, int width, CancellationToken cancellationToken)
    {
        var leaves = await archive.LeavesAsync(tenant, (number * RowWidth) + 1, RowWidth, cancellationToken);
        return leaves.Length >= width * MerkleTree.HashSize && leaves.Length % MerkleTree.HashSize == 0
            ? leaves.ToArray()
            : throw new LedgerTreeException(
                $"The ledger of {tenant} lacks entries after {(number * RowWidth) + (leaves.Length / MerkleTree.HashSize)}.");
    }

    private async ValueTask<byte[]> InnerAsync(
        int level, long number, int width, ReadOnlyMemory<byte> known, CancellationToken cancellationToken)
    {
        var row = new byte[Math.Max(known.Length, width * MerkleTree.HashSize)];
        known.CopyTo(row);
        for (var i = known.Length / MerkleTree.HashSize; i < width; i++)
        {
            var child = (number * RowWidth) + i;
            var below = await RowAsync(level - 1, child, RowWidth, cancellationToken);
            Apply(below).CopyTo(row, i * MerkleTree.HashSize);
            // A whole tree's leaves would be a lot to remember.
            rows.Remove((level - 1, child));
        }
        return row;
    }

    private async ValueTask<ReadOnlyMemory<byte>> KeptAsync(int level, long number, CancellationToken cancellationToken)
    {
        if (!trustKept)
            return default;
        var kept = await documents.FindAsync(DocumentScope.From(tenant), DocumentKind, GetId(level, number), cancellationToken);
        return kept is { Value.Length: <= RowWidth * MerkleTree.HashSize } && kept.Value.Length % MerkleTree.HashSize == 0
            ? kept.Value
            : default;
    }

    private static byte[] Apply(ReadOnlySpan<byte> nodes)
    {
        var hashes = nodes.ToArray();
        for (var count = hashes.Length / MerkleTree.HashSize; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
                MerkleTree.HashNode(At(hashes, 2 * i), At(hashes, (2 * i) + 1), At(hashes, i));
        }
        return hashes[..MerkleTree.HashSize];
    }

    private static Span<byte> At(byte[] hashes, int index) => hashes.AsSpan(index * MerkleTree.HashSize, MerkleTree.HashSize);

    private static string GetId(int level, long number) => $"{level}-{number:D12}";
}

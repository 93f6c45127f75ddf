using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace DevOpsAI.Ledger;

/// <summary>Hashes of RFC 6962: the two prefixes stop a leaf from being passed off as an inner node and back.</summary>
public static class MerkleTree
{
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>What goes before an entry when it is hashed as a leaf.</summary>
    internal const byte LeafPrefix = 0;

    private const byte NodePrefix = 1;

    /// <summary>Root of the tree without entries.</summary>
    public static ReadOnlySpan<byte> EmptyRoot => Convert.FromHexString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    public static byte[] HashLeaf(ReadOnlySpan<byte> entry)
    {
        var prefixed = new byte[entry.Length + 1];
        prefixed[0] = LeafPrefix;
        entry.CopyTo(prefixed.AsSpan(1));
        return SHA256.HashData(prefixed);
    }

    /// <summary>Hash of two neighbours; <paramref name="destination"/> may be one of them.</summary>
    public static void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashSize)];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashSize)..]);
        SHA256.HashData(node, destination);
    }

    /// <summary>Root over leaf hashes.</summary>
    public static byte[] Root(IEnumerable<byte[]> leafHashes)
    {
        var range = new CompactRange();
        foreach (var leaf in leafHashes)
            range.Append(leaf);
        return range.Root();
    }
}

/// <summary>
/// The roots of the perfect subtrees of a growing tree, one for each 1-bit of its size: all that is needed to add a leaf and to know the
/// root.
/// </summary>
public sealed class CompactRange
{
    private byte[] hashes = new byte[16 * MerkleTree.HashSize];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    private int Count => BitOperations.PopCount((ulong)Size);

    public void Append(ReadOnlySpan<byte> leafHash)
    {
        var count = Count;
        if ((count + 1) * MerkleTree.HashSize > hashes.Length)
            Array.Resize(ref hashes, hashes.Length * 2);
        leafHash.CopyTo(At(count));
        for (var full = Size; (full & 1) == 1; full >>= 1)
        {
            MerkleTree.HashNode(At(count - 1), At(count), At(count - 1));
            count--;
        }
        Size++;
    }

    public byte[] Root()
    {
        if (Size == 0)
            return MerkleTree.EmptyRoot.ToArray();
        var root = At(Count - 1).ToArray();
        for (var i = Count - 2; i >= 0; i--)
            MerkleTree.HashNode(At(i), root, root);
        return root;
    }

    /// <summary>Size (8 bytes, big endian) and hashes, largest subtree first.</summary>
    public byte[] Save()
    {
        var saved = new byte[sizeof(long) + (Count * MerkleTree.HashSize)];
        BinaryPrimitives.WriteInt64BigEndian(saved, Size);
        hashes.AsSpan(0, Count * MerkleTree.HashSize).CopyTo(saved.AsSpan(sizeof(long)));
        return saved;
    }

    /// <exception cref="FormatException">Not what <see cref="Save"/> writes.</exception>
    public static CompactRange Load(ReadOnlySpan<byte> saved)
    {
        var size = saved.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(saved) : -1;
        if (size < 0 || saved.Length != sizeof(long) + (BitOperations.PopCount((ulong)size) * MerkleTree.HashSize))
            throw new FormatException("Not a saved compact range.");
        var range = new CompactRange { Size = size };
        range.hashes = new byte[Math.Max(16, range.Count + 1) * MerkleTree.HashSize];
        saved[sizeof(long)..].CopyTo(range.hashes);
        return range;
    }

    private Span<byte> At(int index) => hashes.AsSpan(index * MerkleTree.HashSize, MerkleTree.HashSize);
}

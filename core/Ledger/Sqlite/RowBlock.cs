using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Some rows of the table of entries, copied together into one buffer that is used again.</summary>
internal sealed class RowBlock
{
    private const int FullAtRows = 256;
    private const int FullAtBytes = 256 * 1024;

    private readonly List<Position> rows = new(FullAtRows);
    private readonly ByteBuffer bytes = new(FullAtBytes);

    public int Count => rows.Count;

    public bool IsFull => rows.Count >= FullAtRows || bytes.Length >= FullAtBytes;

    public Row this[int index] => new(rows[index], bytes.Written);

    public void Clear()
    {
        rows.Clear();
        bytes.Clear();
    }

    /// <param name="hasSealed">Something is stored encrypted beside the entry: <paramref name="encryptedBytes"/>.</param>
    public void Add(
        long id, ReadOnlySpan<byte> tenant, long seq, ReadOnlySpan<byte> stream, long version, ReadOnlySpan<byte> leaf,
        ReadOnlySpan<byte> body, bool hasSealed, ReadOnlySpan<byte> encryptedBytes)
    {
        var start = bytes.Length;
        bytes.Append(tenant);
        bytes.Append(stream);
        bytes.Append(leaf);
        var bodyStart = bytes.Length;
        bytes.Append(MerkleTree.LeafPrefix);
        bytes.Append(body);
        var end = bytes.Length;
        // Room first: the buffer may move when it grows.
        bytes.Reserve(2 * MerkleTree.HashSize);
        SHA256.HashData(bytes.Written[bodyStart..], bytes.Reserve(MerkleTree.HashSize));
        bytes.Advance(MerkleTree.HashSize);
        if (hasSealed)
        {
            SHA256.HashData(encryptedBytes, bytes.Reserve(MerkleTree.HashSize));
            bytes.Advance(MerkleTree.HashSize);
        }
        rows.Add(new(id, seq, version, start, start + tenant.Length, start + tenant.Length + stream.Length, bodyStart, end, hasSealed));
    }

    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Position(
        long Id, long Seq, long Version, int Tenant, int Stream, int Leaf, int Body, int End, bool HasEncrypted);

    [StructLayout(LayoutKind.Auto)]
    internal readonly ref struct Row(Position at, ReadOnlySpan<byte> bytes)
    {
        public long Id { get; } = at.Id;

        public long Seq { get; } = at.Seq;

        public long Version { get; } = at.Version;

        public ReadOnlySpan<byte> Tenant { get; } = bytes[at.Tenant..at.Stream];

        public ReadOnlySpan<byte> Stream { get; } = bytes[at.Stream..at.Leaf];

        public ReadOnlySpan<byte> Leaf { get; } = bytes[at.Leaf..at.Body];

        public ReadOnlySpan<byte> Body { get; } = bytes[(at.Body + 1)..at.End];

        /// <summary>The leaf hash that the body has, as against the one that is stored.</summary>
        public ReadOnlySpan<byte> Hash { get; } = bytes.Slice(at.End, MerkleTree.HashSize);

        public bool HasEncrypted { get; } = at.HasEncrypted;

        /// <summary>SHA-256 of what is stored encrypted beside the entry; empty when there is nothing.</summary>
        public ReadOnlySpan<byte> EncryptedHash { get; } =
            at.HasEncrypted ? bytes.Slice(at.End + MerkleTree.HashSize, MerkleTree.HashSize) : [];
    }
}

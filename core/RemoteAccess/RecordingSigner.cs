using System.Buffers.Binary;
using System.Security.Cryptography;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.RemoteAccess;

/// <summary>
/// Signs checkpoints of a recording while it is written. Memory holds the lines since the last checkpoint as hashes, and nothing of those
/// before. For one caller at a time.
/// </summary>
/// <param name="origin">Names the recording, as in <c>recorder.example/session/s-1</c>.</param>
public sealed class RecordingSigner(ICheckpointSigner signer, string origin) : IDisposable
{
    private readonly CompactRange lines = new();
    private readonly List<byte[]> since = [];
    private readonly IncrementalHash file = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] before = new CompactRange().Save();

    public long Lines => lines.Size;

    /// <summary>Length of the recording so far, newlines included.</summary>
    public long Bytes { get; private set; }

    public bool IsEnded { get; private set; }

    /// <summary>SHA-256 over the bytes of the recording so far.</summary>
    public byte[] FileHash() => file.GetCurrentHash();

    /// <summary>Takes the next line as it is written; the header first.</summary>
    /// <param name="line">Without its newline.</param>
    /// <exception cref="ArgumentException">It is empty or holds a line end: it would be read back as something else.</exception>
    /// <exception cref="InvalidOperationException">The recording has ended.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (IsEnded)
            throw new InvalidOperationException($"The recording {origin} has ended.");
        if (line.IsEmpty || line.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            throw new ArgumentException("A line of a recording is not empty and holds no line end.", nameof(line));
        var leaf = MerkleTree.HashLeaf(line);
        lines.Append(leaf);
        since.Add(leaf);
        file.AppendData(line);
        file.AppendData("\n"u8);
        Bytes += line.Length + 1;
    }

    /// <summary>Signs what was written so far, and proves that it continues what was signed before.</summary>
    /// <param name="final">The recording ends here; nothing can be appended any more, even when signing fails.</param>
    /// <returns>The checkpoint, and the proof from the checkpoint before; no proof for the first.</returns>
    /// <exception cref="InvalidOperationException">There is no line yet.</exception>
    /// <exception cref="SigningKeyException">The key cannot be used now: try again, nothing is lost.</exception>
    public async ValueTask<(RecordingCheckpoint Seal, ConsistencyProof? Proof)> SignAsync(bool final, CancellationToken cancellationToken)
    {
        if (Lines == 0)
            throw new InvalidOperationException($"The recording {origin} has no lines to sign.");
        IsEnded |= final;
        var (proof, saved, length, fresh) = (Prove(), lines.Save(), Bytes, since.Count);
        var signed = await signer.SignAsync(new Checkpoint(origin, Lines, lines.Root()), cancellationToken);
        before = saved;
        since.RemoveRange(0, fresh);
        return (new(length, IsEnded, signed), proof);
    }

    public void Dispose() => file.Dispose();

    /// <summary>
    /// What such a proof needs of the lines before the last checkpoint are the perfect subtrees that they end in; the rest are new lines.
    /// </summary>
    private ConsistencyProof? Prove()
    {
        var sealedLines = BinaryPrimitives.ReadInt64BigEndian(before);
        if (sealedLines == 0)
            return null;
        var old = new Dictionary<long, byte[]>();
        var at = sizeof(long);
        for (var (height, first) = (62, 0L); height >= 0; height--)
        {
            if ((sealedLines >> height & 1) == 0)
                continue;
            old.Add(first, before[at..(at + MerkleTree.HashSize)]);
            (at, first) = (at + MerkleTree.HashSize, first + (1L << height));
        }
        var path = MerkleProofs.ConsistencyPath(sealedLines, Lines)
            .Select(range => range.First < sealedLines
                ? old[range.First]
                : MerkleTree.Root(since.GetRange((int)(range.First - sealedLines), (int)range.Count)));
        return new(sealedLines, Lines, [.. path]);
    }
}

using System.Buffers.Binary;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Looks for damage in SQLite's write-ahead log. When no bot runs, SQLite takes the log up to the first frame whose checksum is wrong and
/// forgets the rest without a word: a flipped bit would make the newest entries vanish. Format:
/// https://www.sqlite.org/fileformat2.html#walformat
/// </summary>
internal static class WriteAheadLog
{
    private const uint Magic = 0x377f0682;
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;

    /// <summary>
    /// What is wrong, or null. A last transaction that a crash cut short is not damage: it was never acknowledged.
    /// Means nothing while a bot writes.
    /// </summary>
    public static string? FindDamage(string path) => Find(path, onlyFlushed: false);

    /// <summary>
    /// As <see cref="FindDamage"/>, for the start: only what no crash and no power cut can leave behind. A commit is flushed before the
    /// next one is begun, so a bad frame followed by more than the rest of its own transaction was good once. Of the last transaction alone
    /// nobody can tell whether it was ever flushed; <see cref="DurableHeads"/> knows whether its entries were acknowledged.
    /// </summary>
    public static string? FindCertainDamage(string path) => Find(path, onlyFlushed: true);

    private static string? Find(string path, bool onlyFlushed)
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.Length < HeaderSize + FrameHeaderSize || file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return null;
        var pageSize = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        var sum = new Checksum(bigEndian: (BinaryPrimitives.ReadUInt32BigEndian(header) & 1) == 1);
        sum.Add(header[..24]);
        if ((BinaryPrimitives.ReadUInt32BigEndian(header) & ~1u) != Magic || pageSize is < 512 or > 65_536 || !sum.Is(header[24..]))
            return "its head is damaged";
        return FindDamagedFrame(file, header[16..24], FrameHeaderSize + (int)pageSize, sum, onlyFlushed);
    }

    private static string? FindDamagedFrame(FileStream file, ReadOnlySpan<byte> salt, int frameSize, Checksum sum, bool onlyFlushed)
    {
        var frame = new byte[frameSize];
        var bad = 0;
        var committed = false;
        for (var number = 1; file.ReadAtLeast(frame, frameSize, throwOnEndOfStream: false) == frameSize; number++)
        {
            var current = frame.AsSpan(8, 8).SequenceEqual(salt);
            if (bad > 0)
            {
                // Frames of an earlier round of the log have another salt. One of this round says that more had been written.
                if (current && (committed || !onlyFlushed))
                    return $"frame {bad} is damaged";
                committed |= current && Ends(frame);
                continue;
            }
            sum.Add(frame.AsSpan(0, 8));
            sum.Add(frame.AsSpan(FrameHeaderSize));
            if (current && sum.Is(frame.AsSpan(16)))
                continue;
            bad = number;
            committed = current && Ends(frame);
            if (committed && !onlyFlushed)
                return $"frame {bad} is damaged";
        }
        return null;
    }

    /// <summary>Whether a frame is the last of its transaction.</summary>
    private static bool Ends(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0;

    private sealed class Checksum(bool bigEndian)
    {
        private uint first;
        private uint second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                first += Read(bytes) + second;
                second += Read(bytes[4..]) + first;
            }
        }

        public bool Is(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == second;

        private uint Read(ReadOnlySpan<byte> bytes) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}

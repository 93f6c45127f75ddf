using System.Buffers.Binary;
using System.Text;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>A file in the archive: where its bytes are, and what both of its headers say of it.</summary>
/// <param name="Start">Offset of its first compressed byte.</param>
/// <param name="Size">Bytes when unpacked.</param>
/// <param name="Deflated">False when it is stored as it is.</param>
internal sealed record ZipFileEntry(string Name, long Start, long CompressedSize, long Size, uint Crc, bool Deflated);

/// <summary>
/// Reads the layout of a bundle's zip. A zip tells twice what is in it, before each file and in the directory at its end, and readers
/// differ in whom they believe; so this takes only a file in which every byte has one meaning: the files one behind the other from the
/// first byte on, the directory, its end, the comment, and nothing anywhere between.
/// </summary>
internal static class ZipLayout
{
    private const int LocalSize = 30;
    private const int DirectorySize = 46;
    private const int EndSize = 22;
    private const int MaxFiles = 64;
    private const int MaxNameLength = 64;

    /// <summary>Attributes on Unix: an ordinary file that its owner may write. Elsewhere there are none.</summary>
    private const uint OrdinaryFile = 0x81A4_0000;

    /// <summary>
    /// How well it was deflated, and that names are UTF-8. Encrypted, patched, streamed and masked files have other bits.
    /// </summary>
    private const int HarmlessFlags = 0b1000_0000_0110;

    /// <exception cref="BundleException">It is not laid out as a bundle is.</exception>
    public static IReadOnlyList<ZipFileEntry> Read(Stream file)
    {
        var endAt = file.Length - BundleFormat.CommentLength - EndSize;
        if (endAt < 0)
            throw Damaged("it has no end of its directory");
        var end = Bytes(file, endAt, EndSize);
        if (Number(end, 0) != 0x06054b50 || Half(end, 20) != BundleFormat.CommentLength)
            throw Damaged("what stands before its comment is not the end of its directory");
        var (count, size, start) = (Half(end, 10), Number(end, 12), Number(end, 16));
        if (Number(end, 4) != 0 || Half(end, 8) != count || count is 0 or > MaxFiles)
            throw Damaged("it is in several pieces, or has more files than a bundle");
        // A larger one has a second end before the end; no bundle comes near that size.
        if (start == uint.MaxValue || start + (long)size != endAt)
            throw Damaged("its directory does not reach from its files to its end");
        return Directory(Bytes(file, start, (int)Math.Min(size, MaxFiles * (DirectorySize + MaxNameLength))), count, file, start);
    }

    private static List<ZipFileEntry> Directory(byte[] directory, int count, Stream file, long filesEnd)
    {
        var entries = new List<ZipFileEntry>(count);
        var (at, next) = (0, 0L);
        for (var i = 0; i < count; i++)
        {
            if (directory.Length - at < DirectorySize || Number(directory, at) != 0x02014b50)
                throw Damaged($"its directory is cut off after {i} of {count} files");
            var header = directory.AsSpan(at, DirectorySize);
            var nameLength = Half(header, 28);
            if (nameLength is 0 or > MaxNameLength || directory.Length - at - DirectorySize < nameLength)
                throw Damaged("a name in its directory is longer than any in a bundle");
            var name = directory.AsSpan(at + DirectorySize, nameLength);
            var shown = Shown(name);
            if (Half(header, 30) != 0 || Half(header, 32) != 0)
                throw Damaged($"its directory says more about {shown} than belongs there (extra fields or a comment)");
            if (Half(header, 34) != 0 || Number(header, 38) is not (0 or OrdinaryFile))
                throw Damaged($"{shown} is a link, a folder or in another piece");
            if (Number(header, 42) != next)
                throw Damaged($"{shown} does not begin where the file before it ends: something stands between them, or is told twice");
            entries.Add(Local(file, next, header, name, shown));
            next = entries[^1].Start + entries[^1].CompressedSize;
            at += DirectorySize + nameLength;
        }
        if (at != directory.Length)
            throw Damaged("something stands in its directory behind the last file");
        return next == filesEnd ? entries : throw Damaged("something stands between its last file and its directory");
    }

    /// <summary>The header before the file has to say the very same as the directory.</summary>
    private static ZipFileEntry Local(Stream file, long at, ReadOnlySpan<byte> listed, ReadOnlySpan<byte> name, string shown)
    {
        var header = Bytes(file, at, LocalSize);
        if (Number(header, 0) != 0x04034b50)
            throw Damaged($"{shown} has no header before it");
        // Version needed, flags, method, time, date, CRC, both sizes and the length of the name stand in the same order in both.
        if (!header.AsSpan(4, 24).SequenceEqual(listed.Slice(6, 24))
            || !Bytes(file, at + LocalSize, name.Length).AsSpan().SequenceEqual(name))
            throw Damaged($"the header before {shown} says something else than the directory");
        if (Half(header, 28) != 0)
            throw Damaged($"the header before {shown} says more than belongs there (extra fields)");
        var method = Half(header, 8);
        if ((Half(header, 6) & ~HarmlessFlags) != 0 || method is not (0 or 8))
            throw Damaged($"{shown} is encrypted, streamed or packed in a way that a bundle is not");
        var (compressed, size) = (Number(header, 18), Number(header, 22));
        if (compressed == uint.MaxValue || size == uint.MaxValue || (method == 0 && compressed != size))
            throw Damaged($"the sizes of {shown} are not those of a file in a bundle");
        return new(Ascii(name, shown), at + LocalSize + name.Length, compressed, size, Number(header, 14), method == 8);
    }

    private static string Ascii(ReadOnlySpan<byte> name, string shown)
    {
        foreach (var one in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)one) && one is not ((byte)'.' or (byte)'-' or (byte)'_' or (byte)'/'))
                throw BundleException.Changed($"{shown} does not belong into it.");
        }
        return Encoding.ASCII.GetString(name);
    }

    private static string Shown(ReadOnlySpan<byte> name) => Oscal.OscalText.Line(Encoding.UTF8.GetString(name), 200);

    private static byte[] Bytes(Stream file, long at, int count)
    {
        var bytes = new byte[count];
        file.Position = at;
        return file.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes : throw Damaged("it ends too early");
    }

    private static ushort Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static BundleException Damaged(string why) => BundleException.Changed($"The archive is damaged: {why}.");
}

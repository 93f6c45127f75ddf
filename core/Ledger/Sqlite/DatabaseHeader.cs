using System.Buffers.Binary;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The first 100 bytes of a file of SQLite (https://www.sqlite.org/fileformat2.html#the_database_header). They say how everything else is
/// to be read, and SQLite believes most of them: with another text encoding, room kept free on each page or pages for vacuuming it reads,
/// and above all writes, another file. What never changes in a file that we wrote is therefore looked at before SQLite opens it.
/// </summary>
internal static class DatabaseHeader
{
    private const int Size = 100;
    private const int PageSizeAt = 16;
    private const int ChangesAt = 24;
    private const int PagesAt = 28;
    private const int FreePageAt = 32;
    private const int FreePagesAt = 36;
    private const int SchemaFormatAt = 44;
    private const int EncodingAt = 56;
    private const int PagesValidForAt = 92;

    private static readonly (int First, int Last, string Name)[] Zero =
    [
        (20, 20, "the room kept free on each page"),
        (48, 51, "the size of the cache"),
        (52, 55, "the pages for vacuuming"),
        (64, 67, "the way of vacuuming"),
        (68, 71, "the application"),
        (72, 91, "the bytes kept for later versions"),
    ];

    /// <summary>Does nothing for a file that is not there or empty; what is too short for a header is left to SQLite.</summary>
    /// <exception cref="LedgerFileException">The header is not one that this program, or SQLite at its bidding, has written.</exception>
    public static void MustBeOurs(string path)
    {
        Span<byte> header = stackalloc byte[Size];
        if (Read(path, header) is not null && FindDamage(header) is { } damage)
        {
            throw new LedgerFileException(
                SQLitePCL.raw.SQLITE_NOTADB, $"the header of {Path.GetFileName(path)} is damaged: {damage}. Restore it from a backup");
        }
    }

    /// <summary>
    /// How the file is longer than its header says; null when it is not, or that cannot be told. Means nothing beside a log.
    /// </summary>
    public static string? FindWrongLength(string path)
    {
        Span<byte> header = stackalloc byte[Size];
        if (Read(path, header) is not { } length || Number(header, ChangesAt) != Number(header, PagesValidForAt))
            return null;
        var pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[PageSizeAt..]) is var stored and not 1 ? stored : 65_536L;
        var pages = Number(header, PagesAt);
        // A file that is too short is what SQLite itself finds.
        return pages > 0 && length > pages * pageSize
            ? $"its header says {pages} pages, but it has {length / Math.Max(1, pageSize)}"
            : null;
    }

    private static string? FindDamage(ReadOnlySpan<byte> header)
    {
        if (header[18] != header[19] || header[18] is not (1 or 2))
            return "bytes 18 and 19, the way of writing";
        if (!header[21..24].SequenceEqual((ReadOnlySpan<byte>)[64, 32, 32]))
            return "bytes 21 to 23, the shares of a page";
        foreach (var (first, last, name) in Zero)
        {
            if (header[first..(last + 1)].ContainsAnyExcept((byte)0))
                return first == last ? $"byte {first}, {name}" : $"bytes {first} to {last}, {name}";
        }
        if (Number(header, FreePageAt) == 0 != (Number(header, FreePagesAt) == 0))
            return "bytes 32 to 39, the free pages";
        // Both are set with the first table.
        return (Number(header, SchemaFormatAt), Number(header, EncodingAt)) is (4, 1) or (0, 0)
            ? null
            : "bytes 44 to 47 or 56 to 59, the format and encoding";
    }

    private static long Number(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadUInt32BigEndian(header[at..]);

    /// <summary>Length of the file; null when it has no header.</summary>
    private static long? Read(string path, Span<byte> header)
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return file.ReadAtLeast(header, Size, throwOnEndOfStream: false) == Size ? file.Length : null;
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>A bundle opened for reading. Nothing is unpacked, and no name in it is ever a path.</summary>
internal sealed class BundleFile : IDisposable
{
    private const int MaxSmallFileBytes = 1024 * 1024;
    private readonly FileStream file;
    private readonly IReadOnlyList<ZipFileEntry> entries;

    private BundleFile(FileStream file, IReadOnlyList<ZipFileEntry> entries) => (this.file, this.entries) = (file, entries);

    /// <exception cref="BundleException">Not a bundle, or not a whole one.</exception>
    public static BundleFile Open(string path)
    {
        var opened = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            CheckWhole(opened);
            return new(opened, ZipLayout.Read(opened));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Names => [.. entries.Select(static entry => entry.Name)];

    /// <summary>Bytes of a file when unpacked, as its headers say.</summary>
    public long GetSize(string name) => Find(name).Size;

    public Stream Read(string name) => new ZipContent(file, Find(name));

    public byte[] ReadSmall(string name)
    {
        using var content = Read(name);
        var bytes = new byte[MaxSmallFileBytes + 1];
        var length = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxSmallFileBytes ? bytes[..length] : throw BundleException.Changed($"{name} is larger than such a file can be.");
    }

    /// <summary>Lines without their newline, as a stream.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Lines(string name)
    {
        using var content = Read(name);
        var line = new ArrayBufferWriter<byte>(8192);
        var buffer = new byte[64 * 1024];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            for (var rest = buffer.AsMemory(0, read); rest.Length > 0;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                line.Write(end < 0 ? rest.Span : rest.Span[..end]);
                if (line.WrittenCount > BundleFormat.MaxLineLength)
                    throw BundleException.Changed($"{name} has a line that is longer than any entry.");
                if (end < 0)
                    break;
                yield return line.WrittenMemory;
                line.ResetWrittenCount();
                rest = rest[(end + 1)..];
            }
        }
        if (line.WrittenCount > 0)
            throw BundleException.Changed($"{name} does not end with a newline.");
    }

    public void Dispose() => file.Dispose();

    private ZipFileEntry Find(string name) =>
        entries.FirstOrDefault(entry => entry.Name == name) ?? throw BundleException.Changed($"{name} is missing.");

    private static void CheckWhole(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual("PK\u0003\u0004"u8))
            throw new BundleException(BundleState.Unreadable, "It is not a zip file, so it is no evidence bundle.");
        var end = file.Length - BundleFormat.CommentLength;
        var comment = new byte[BundleFormat.CommentLength];
        file.Position = Math.Max(0, end);
        if (file.ReadAtLeast(comment, comment.Length, throwOnEndOfStream: false) < comment.Length
            || !Encoding.Latin1.GetString(comment).StartsWith(BundleFormat.CommentPrefix, StringComparison.Ordinal))
            throw BundleException.Changed(
                "It does not end with the hash of itself: it is cut short, was packed anew, or is no evidence bundle.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        file.Position = 0;
        for (long read = 0; read < end;)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, end - read));
            hash.AppendData(buffer, 0, count);
            read += count;
        }
        if (Encoding.Latin1.GetString(comment)[BundleFormat.CommentPrefix.Length..] != Convert.ToHexStringLower(hash.GetHashAndReset()))
            throw BundleException.Changed("It was changed: its bytes do not have the hash that stands at its end.");
        file.Position = 0;
    }
}

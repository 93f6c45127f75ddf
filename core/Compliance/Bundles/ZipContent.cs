using System.IO.Compression;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// Unpacks one file of an archive. Gives no byte more than its header says, and fails when it ends early, when its checksum does not fit,
/// or when something stands behind its compressed bytes, where a reader who follows those alone would find the next file.
/// </summary>
internal sealed class ZipContent : Stream
{
    private static readonly uint[] Table = MakeTable();

    private readonly ZipFileEntry entry;
    private readonly Slice packed;
    private readonly Stream unpacked;
    private uint crc = uint.MaxValue;
    private long given;
    private bool settled;

    public ZipContent(FileStream file, ZipFileEntry entry)
    {
        this.entry = entry;
        packed = new(file, entry.Start, entry.CompressedSize);
        unpacked = entry.Deflated ? new DeflateStream(packed, CompressionMode.Decompress) : packed;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => entry.Size;

    public override long Position { get => given; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0 || settled)
            return 0;
        var read = unpacked.Read(buffer);
        given += read;
        if (given > entry.Size)
            throw Wrong("holds more than its header says");
        foreach (var one in buffer[..read])
            crc = Table[(byte)(crc ^ one)] ^ (crc >> 8);
        if (read == 0)
            Settle();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }

    private void Settle()
    {
        settled = true;
        if (given != entry.Size)
            throw Wrong("ends before the size that its header names");
        if (~crc != entry.Crc)
            throw Wrong("does not have the checksum that its header names");
        if (packed.Left > 0)
            throw Wrong("has something behind its end");
    }

    private BundleException Wrong(string what) => BundleException.Changed($"The archive is damaged: {entry.Name} {what}.");

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
            table[i] = value;
        }
        return table;
    }

    /// <summary>The compressed bytes. The last of them are given one by one, so that what is left over at the end can be counted.</summary>
    private sealed class Slice(FileStream file, long start, long length) : Stream
    {
        private const int OneByOne = 256;

        private long taken;

        public long Left => length - taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => taken; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var most = Left > OneByOne ? Left - OneByOne : Math.Min(1, Left);
            var read = RandomAccess.Read(file.SafeFileHandle, buffer[..(int)Math.Min(buffer.Length, most)], start + taken);
            taken += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

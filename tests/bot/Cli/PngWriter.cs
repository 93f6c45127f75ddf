using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>What a pixel of a test's picture is.</summary>
internal enum Ink
{
    Nothing,
    White,
    Other,
}

/// <summary>Writes a picture in every form that PNG has, from what it shows; shares no code with the bot.</summary>
internal sealed class PngWriter(int kind, int depth, bool interlaced, int filter)
{
    /// <summary>The colour of <see cref="Ink.Other"/>, where the kind has colours.</summary>
    public const string Other = "#FF00FF";

    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private int Most => (1 << depth) - 1;

    public static byte[] Plain(int side, Func<int, int, Ink> ink) => new PngWriter(6, 8, interlaced: false, filter: 0).Write(side, ink);

    public byte[] Write(int side, Func<int, int, Ink> ink)
    {
        using var rows = new MemoryStream();
        foreach (var (x, y, stepX, stepY) in interlaced ? Adam7 : [(0, 0, 1, 1)])
            WritePass(rows, ink, [.. Places(x, stepX, side)], [.. Places(y, stepY, side)]);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(rows.ToArray());
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)kind, (byte)(interlaced ? 1 : 0));
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(file, "IHDR", header);
        if (kind == 3)
            WriteChunk(file, "PLTE", [0, 0, 0, 255, 255, 255, 255, 0, 255]);
        if (kind is 0 or 2)
            WriteChunk(file, "tRNS", new byte[kind == 0 ? 2 : 6]);
        if (kind == 3)
            WriteChunk(file, "tRNS", [0]);
        WriteChunk(file, "tEXt", "Comment\0parts that no one asks for are passed over"u8.ToArray());
        WriteChunk(file, "IDAT", packed.ToArray()[..20]);
        WriteChunk(file, "IDAT", packed.ToArray()[20..]);
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static IEnumerable<int> Places(int first, int step, int side)
    {
        for (var place = first; place < side; place += step)
            yield return place;
    }

    private void WritePass(MemoryStream rows, Func<int, int, Ink> ink, int[] columns, int[] lines)
    {
        byte[]? above = null;
        foreach (var y in lines.Where(_ => columns.Length > 0))
        {
            var row = Pack([.. columns.SelectMany(x => Values(ink(x, y)))]);
            var step = Math.Max(1, Values(Ink.White).Length * depth / 8);
            rows.WriteByte((byte)filter);
            for (var at = 0; at < row.Length; at++)
            {
                var left = at >= step ? row[at - step] : 0;
                var up = above?[at] ?? 0;
                var corner = at >= step && above is not null ? above[at - step] : 0;
                rows.WriteByte((byte)(row[at] - Guess(left, up, corner)));
            }
            above = row;
        }
    }

    private int Guess(int left, int up, int corner)
    {
        if (filter != 4)
            return new[] { 0, left, up, (left + up) / 2 }[filter];
        var way = left + up - corner;
        return new[] { left, up, corner }.MinBy(one => Math.Abs(way - one));
    }

    private int[] Values(Ink ink) => (kind, ink) switch
    {
        (0, Ink.White) or (3, Ink.White) => kind == 0 ? [Most] : [1],
        (0, Ink.Other) or (3, Ink.Other) => [kind == 0 ? 1 : 2],
        (0 or 3, _) => [0],
        (2, Ink.White) => [Most, Most, Most],
        (2, Ink.Other) => [Most, 0, Most],
        (2, _) => [0, 0, 0],
        (4, Ink.White) => [Most, Most],
        (4, Ink.Other) => [0, Most],
        (4, _) => [0, 0],
        (_, Ink.White) => [Most, Most, Most, Most],
        (_, Ink.Other) => [Most, 0, Most, 1 << (depth - 8)],
        _ => [0, 0, 0, 0],
    };

    private byte[] Pack(int[] values)
    {
        var bits = string.Concat(values.Select(value => Convert.ToString(value, 2).PadLeft(depth, '0')));
        return [.. bits.Chunk(8).Select(static octet => Convert.ToByte(new string(octet).PadRight(8, '0'), 2))];
    }

    private static void WriteChunk(MemoryStream file, string name, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(named));
        file.Write(number);
    }

    private static uint Checksum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum & 1) == 1 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }
}

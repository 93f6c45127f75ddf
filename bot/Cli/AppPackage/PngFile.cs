using System.Buffers.Binary;
using System.Text;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>Something is no picture in the PNG format; the message says what is wrong with it.</summary>
internal sealed class PngException(string message) : Exception(message);

/// <summary>The parts of a PNG file, whole and in order; <see cref="PngPixels"/> unpacks the picture.</summary>
internal sealed class PngFile
{
    private const int HeaderLength = 13;
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly List<byte> packed = [];

    private PngFile(ReadOnlySpan<byte> header)
    {
        Width = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(header));
        Height = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        Depth = header[8];
        Kind = (PngKind)header[9];
        IsInterlaced = header[12] == 1;
        int[] depths = Kind switch
        {
            PngKind.Grey => [1, 2, 4, 8, 16],
            PngKind.Palette => [1, 2, 4, 8],
            PngKind.Color or PngKind.GreyWithAlpha or PngKind.ColorWithAlpha => [8, 16],
            _ => [],
        };
        if (Width == 0 || Height == 0 || !depths.Contains(Depth) || header[10] != 0 || header[11] != 0 || header[12] > 1)
            throw new PngException("its header says what no PNG file has");
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits for each value.</summary>
    public int Depth { get; }

    public PngKind Kind { get; }

    public bool IsInterlaced { get; }

    /// <summary>Three bytes for each colour.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>What the file says about transparency, in the form that its kind has.</summary>
    public byte[] Transparency { get; private set; } = [];

    /// <summary>The picture, compressed.</summary>
    public Stream Packed => new MemoryStream([.. packed], writable: false);

    /// <exception cref="PngException">It is no PNG file, or a damaged one.</exception>
    public static PngFile Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
            throw new PngException("it does not begin as a PNG file");
        PngFile? png = null;
        var rest = file[Signature.Length..];
        while (true)
        {
            var (kind, content) = NextChunk(ref rest);
            if (png is null)
            {
                if (kind != "IHDR" || content.Length != HeaderLength)
                    throw new PngException("its header is missing");
                png = new(content);
            }
            else if (kind == "IEND")
            {
                return png.packed.Count > 0 ? png : throw new PngException("it holds no picture");
            }
            else
            {
                png.Take(kind, content);
            }
        }
    }

    private void Take(string kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case "IDAT":
                packed.AddRange(content);
                break;
            case "PLTE":
                Palette = content.ToArray();
                break;
            case "tRNS":
                Transparency = content.ToArray();
                break;
        }
    }

    private static (string Kind, byte[] Content) NextChunk(ref ReadOnlySpan<byte> rest)
    {
        const int Around = 12; // length, kind and checksum
        if (rest.Length < Around || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - Around)
            throw new PngException("it ends in the midst of a part");
        var named = rest.Slice(4, 4 + (int)length);
        if (Checksum.For(named) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            throw new PngException("the checksum of a part does not fit");
        rest = rest[(Around + (int)length)..];
        return (Encoding.Latin1.GetString(named[..4]), named[4..].ToArray());
    }
}

/// <summary>What a PNG file holds for each pixel, by its number in the header.</summary>
internal enum PngKind
{
    Grey = 0,
    Color = 2,
    Palette = 3,
    GreyWithAlpha = 4,
    ColorWithAlpha = 6,
}

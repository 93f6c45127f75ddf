using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace DevOpsAI.Bot.Cli.AppPackage;

[StructLayout(LayoutKind.Auto)]
internal readonly record struct Pixel(byte Red, byte Green, byte Blue, byte Alpha)
{
    public bool IsWhite => (Red, Green, Blue) is (byte.MaxValue, byte.MaxValue, byte.MaxValue);
}

/// <summary>Unpacks the picture of a PNG file, of every kind, depth and order of rows that the format has.</summary>
internal sealed class PngPixels(PngFile png)
{
    private static readonly (int Left, int Top, int Across, int Down)[] WholePasses = [(0, 0, 1, 1)];

    private static readonly (int Left, int Top, int Across, int Down)[] InterlacedPasses =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private readonly int values = png.Kind switch
    {
        PngKind.Color => 3,
        PngKind.GreyWithAlpha => 2,
        PngKind.ColorWithAlpha => 4,
        _ => 1,
    };

    /// <summary>Every pixel, in no particular order; whoever asks has looked at the size.</summary>
    /// <exception cref="PngException">Its bytes give no picture.</exception>
    public IReadOnlyList<Pixel> Read()
    {
        var pixels = new List<Pixel>(png.Width * png.Height);
        try
        {
            using var unpacked = new ZLibStream(png.Packed, CompressionMode.Decompress);
            foreach (var (left, top, across, down) in png.IsInterlaced ? InterlacedPasses : WholePasses)
                ReadPass(unpacked, (png.Width - left + across - 1) / across, (png.Height - top + down - 1) / down, pixels);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw new PngException("its picture is damaged or cut off");
        }
        return pixels;
    }

    private void ReadPass(Stream unpacked, int width, int height, List<Pixel> pixels)
    {
        if (width == 0 || height == 0)
            return;
        var bits = values * png.Depth;
        var row = new byte[((width * bits) + 7) / 8];
        var above = new byte[row.Length];
        for (var y = 0; y < height; y++)
        {
            var filter = unpacked.ReadByte();
            unpacked.ReadExactly(row);
            Unfilter(filter, row, above, Math.Max(1, bits / 8));
            for (var x = 0; x < width; x++)
                pixels.Add(PixelAt(row, x));
            (row, above) = (above, row);
        }
    }

    /// <param name="step">How many bytes before a byte the same value of the pixel to the left is.</param>
    private static void Unfilter(int filter, byte[] row, byte[] above, int step)
    {
        if (filter is < 0 or > 4)
            throw new InvalidDataException();
        for (var at = 0; at < row.Length; at++)
        {
            var (left, corner) = at < step ? (0, 0) : (row[at - step], above[at - step]);
            var guess = filter switch
            {
                1 => left,
                2 => above[at],
                3 => (left + above[at]) / 2,
                4 => Nearest(left, above[at], corner),
                _ => 0,
            };
            row[at] = (byte)(row[at] + guess);
        }
    }

    /// <summary>The neighbour that is nearest to where the other two point (the format's Paeth filter).</summary>
    private static int Nearest(int left, int above, int corner)
    {
        var (toLeft, toAbove, toCorner) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - (2 * corner)));
        if (toLeft <= toAbove && toLeft <= toCorner)
            return left;
        return toAbove <= toCorner ? above : corner;
    }

    private Pixel PixelAt(byte[] row, int x)
    {
        switch (png.Kind)
        {
            case PngKind.Palette:
                return FromPalette(ValueAt(row, x));
            case PngKind.Grey or PngKind.GreyWithAlpha:
                var grey = Scaled(ValueAt(row, x * values));
                return new(grey, grey, grey, Alpha(row, x));
            default:
                var first = x * values;
                return new(Scaled(ValueAt(row, first)), Scaled(ValueAt(row, first + 1)), Scaled(ValueAt(row, first + 2)), Alpha(row, x));
        }
    }

    private Pixel FromPalette(int color)
    {
        if (((color * 3) + 2) >= png.Palette.Length)
            throw new InvalidDataException();
        var alpha = color < png.Transparency.Length ? png.Transparency[color] : byte.MaxValue;
        return new(png.Palette[color * 3], png.Palette[(color * 3) + 1], png.Palette[(color * 3) + 2], alpha);
    }

    /// <summary>Its own value where the kind has one; else one colour may be named that is transparent.</summary>
    private byte Alpha(byte[] row, int x)
    {
        if (png.Kind is PngKind.GreyWithAlpha or PngKind.ColorWithAlpha)
            return Scaled(ValueAt(row, (x * values) + values - 1));
        if (png.Transparency.Length < values * 2)
            return byte.MaxValue;
        for (var value = 0; value < values; value++)
        {
            if (ValueAt(row, (x * values) + value) != BinaryPrimitives.ReadUInt16BigEndian(png.Transparency.AsSpan(value * 2)))
                return byte.MaxValue;
        }
        return 0;
    }

    private int ValueAt(byte[] row, int index)
    {
        if (png.Depth == 16)
            return BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(index * 2));
        var bit = index * png.Depth;
        return (row[bit / 8] >> (8 - png.Depth - (bit % 8))) & ((1 << png.Depth) - 1);
    }

    private byte Scaled(int value) => (byte)Math.Round(value * (double)byte.MaxValue / ((1 << png.Depth) - 1));
}

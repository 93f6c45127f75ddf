using System.Text.Json;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>The pictures that a manifest names: their format, their sizes, and the colours of the outline.</summary>
internal sealed class IconCheck(PackageFiles files, JsonElement manifest, Findings findings)
{
    private const int Large = 192;
    private const int Small = 32;

    public void Check()
    {
        Check("color", Large, isOutline: false);
        Check("outline", Small, isOutline: true);
        Check("color32x32", Small, isOutline: false);
    }

    private void Check(string icon, int side, bool isOutline)
    {
        // A missing name is the schema's to tell.
        if (PackageJson.Text(manifest, $"icons.{icon}") is not { } file)
            return;
        if (files.Find(file) is not { } content)
        {
            files.Miss(file, $"the icon that icons.{icon} names", findings);
            return;
        }
        try
        {
            var png = PngFile.Read(content);
            if (png.Width != side || png.Height != side)
            {
                findings.Add(file, $"has {png.Width} x {png.Height} pixels, and icons.{icon} is {side} x {side}: draw it in that size.");
                return;
            }
            var pixels = new PngPixels(png).Read();
            if (isOutline && OutlineProblem(pixels) is { } problem)
                findings.Add(file, problem);
        }
        catch (PngException wrong)
        {
            findings.Add(file, $"is no picture that Teams can show: {wrong.Message}. Save it as PNG.");
        }
    }

    private static string? OutlineProblem(IReadOnlyList<Pixel> pixels)
    {
        var seen = pixels.Where(static pixel => pixel.Alpha > 0).ToList();
        if (seen.Count == 0)
            return "is transparent everywhere: draw the outline in white.";
        if (seen.FirstOrDefault(static pixel => !pixel.IsWhite) is { Alpha: > 0 } other)
            return $"has the colour #{other.Red:X2}{other.Green:X2}{other.Blue:X2}: the outline is white and transparent, nothing else.";
        return seen.Count == pixels.Count ? "has no transparent part: draw a white outline on a transparent ground." : null;
    }
}

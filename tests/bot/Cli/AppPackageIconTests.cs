namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>The pictures of a package, read from their bytes in every form that PNG has.</summary>
public sealed class AppPackageIconTests : IAsyncLifetime
{
    private readonly AppPackageScene scene = new();

    public async ValueTask InitializeAsync() => await scene.BuildAsync();

    /// <summary>Kind, depth, order of rows and filter.</summary>
    public static TheoryData<int, int, bool, int> Forms
    {
        get
        {
            var forms = new TheoryData<int, int, bool, int>();
            foreach (var (kind, depths) in new[] { (0, "1 2 4 8 16"), (2, "8 16"), (3, "2 4 8"), (4, "8 16"), (6, "8 16") })
            {
                foreach (var depth in depths.Split(' ').Select(int.Parse))
                {
                    for (var filter = 0; filter < 5; filter++)
                    {
                        forms.Add(kind, depth, false, filter);
                        forms.Add(kind, depth, true, filter);
                    }
                }
            }
            return forms;
        }
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task An_outline_is_read_in_every_form(int kind, int depth, bool interlaced, int filter)
    {
        var writer = new PngWriter(kind, depth, interlaced, filter);
        scene.Files["outline.png"] = writer.Write(32, Ring);
        (await scene.CheckAsync()).Output.ShouldContain(": good.");
        if (depth == 1)
            return;

        // One pixel, in a place that only the last rows and passes have.
        scene.Files["outline.png"] = writer.Write(32, static (x, y) => (x, y) == (30, 31) ? Ink.Other : Ring(x, y));
        var (code, output, _) = await scene.CheckAsync();
        output.ShouldContain("outline.png: has the colour #");
        output.ShouldContain("the outline is white and transparent, nothing else.");
        if (kind is 2 or 3 or 6)
            output.ShouldContain(PngWriter.Other);
        code.ShouldBe(1);
    }

    [Theory]
    [InlineData("color.png", 96, "color.png: has 96 x 96 pixels, and icons.color is 192 x 192: draw it in that size.")]
    [InlineData("outline.png", 192, "outline.png: has 192 x 192 pixels, and icons.outline is 32 x 32: draw it in that size.")]
    public async Task A_picture_of_another_size_is_refused(string name, int side, string why)
    {
        scene.Files[name] = PngWriter.Plain(side, Ring);

        (await scene.CheckAsync()).Output.ShouldStartWith(why);
    }

    [Fact]
    public async Task An_outline_without_transparency_is_refused()
    {
        scene.Files["outline.png"] = PngWriter.Plain(32, static (_, _) => Ink.White);

        (await scene.CheckAsync()).Output.ShouldStartWith("outline.png: has no transparent part");
    }

    [Fact]
    public async Task An_outline_that_nobody_can_see_is_refused()
    {
        scene.Files["outline.png"] = PngWriter.Plain(32, static (_, _) => Ink.Nothing);

        (await scene.CheckAsync()).Output.ShouldStartWith("outline.png: is transparent everywhere");
    }

    [Fact]
    public async Task A_picture_in_another_format_is_refused()
    {
        scene.Files["color.png"] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0];

        (await scene.CheckAsync()).Output.ShouldStartWith(
            "color.png: is no picture that Teams can show: it does not begin as a PNG file. Save it as PNG.");
    }

    [Fact]
    public async Task Wherever_a_picture_is_cut_off_it_is_refused()
    {
        var whole = scene.Files["outline.png"];
        for (var length = 0; length < whole.Length; length += 7)
        {
            scene.Files["outline.png"] = whole[..length];
            (await scene.CheckAsync()).Output.ShouldStartWith("outline.png: is no picture that Teams can show", customMessage: $"{length}");
        }
    }

    [Fact]
    public async Task A_byte_that_was_changed_anywhere_is_found()
    {
        var whole = scene.Files["outline.png"];
        for (var at = 0; at < whole.Length; at += 5)
        {
            scene.Files["outline.png"] = [.. whole];
            scene.Files["outline.png"][at] ^= 0x20;
            (await scene.CheckAsync()).Output.ShouldStartWith("outline.png: is no picture that Teams can show", customMessage: $"{at}");
        }
    }

    /// <summary>The header says 32 x 32, and the picture inside ends before that.</summary>
    [Fact]
    public async Task A_picture_with_fewer_rows_than_it_says_is_refused()
    {
        var small = PngWriter.Plain(16, Ring);
        var large = PngWriter.Plain(32, Ring);
        const int HeaderEnd = 8 + 12 + 13;
        scene.Files["outline.png"] = [.. large[..HeaderEnd], .. small[HeaderEnd..]];

        (await scene.CheckAsync()).Output.ShouldStartWith(
            "outline.png: is no picture that Teams can show: its picture is damaged or cut off.");
    }

    public ValueTask DisposeAsync()
    {
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Ink Ring(int x, int y) =>
        Math.Sqrt(((x - 15.5) * (x - 15.5)) + ((y - 15.5) * (y - 15.5))) is > 9 and < 13 ? Ink.White : Ink.Nothing;
}

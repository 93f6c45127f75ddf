using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using DevOpsAI.Compliance.Bundles;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>
/// A zip says twice what is in it, and tools differ in whom they believe. Each of these archives has the hash of itself at its end and
/// shows an untouched bundle to a reader of the directory, and something else to another reader.
/// </summary>
public sealed class BundleFacesTests : IDisposable
{
    private const int EndSize = 22 + BundleFormat.CommentLength;

    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    public static TheoryData<string> Attacks => [.. Faces.Keys];

    private static Dictionary<string, Func<byte[], byte[]>> Faces => new(StringComparer.Ordinal)
    {
        ["a second file that the directory does not know, before it"] =
            static bundle => Inserted(bundle, DirectoryAt(bundle), LocalFile("report.html", "<p>forged</p>")),
        ["a second file that the directory does not know, between two"] =
            static bundle => Inserted(bundle, Offset(bundle, 1), LocalFile("report.html", "<p>forged</p>"), after: 1),
        ["bytes before the first file"] = static bundle => Inserted(bundle, 0, "PK\u0003\u0004#!/bin/sh\n"u8, after: 0),
        ["a file before the first"] = static bundle => Inserted(bundle, 0, LocalFile("report.html", "<p>forged</p>"), after: 0),
        ["bytes between two files"] = static bundle => Inserted(bundle, Offset(bundle, 3), "12345678"u8, after: 3),
        ["bytes before the directory"] = static bundle => Inserted(bundle, DirectoryAt(bundle), "12345678"u8),
        ["bytes behind the directory"] = static bundle => Inserted(bundle, bundle.Length - EndSize, "12345678"u8, moveDirectory: false),
        ["bytes in front of the comment"] = static bundle => Commented(bundle, "12345678"),
        ["another name in the local header"] = static bundle => With(bundle, bytes => bytes[Offset(bundle, 0) + 30] = (byte)'E'),
        ["another name in the directory"] = static bundle => With(bundle, bytes => bytes[DirectoryAt(bundle) + 46] = (byte)'E'),
        ["another size in the local header"] = static bundle => With(bundle, bytes => bytes[Offset(bundle, 0) + 22]++),
        ["another checksum in both headers"] = static bundle => With(bundle, bytes =>
        {
            bytes[Offset(bundle, 0) + 14]++;
            bytes[DirectoryAt(bundle) + 16]++;
        }),
        ["an encrypted file"] = static bundle => With(bundle, bytes =>
        {
            bytes[Offset(bundle, 0) + 6] |= 1;
            bytes[DirectoryAt(bundle) + 8] |= 1;
        }),
        ["a file whose sizes follow it"] = static bundle => With(bundle, bytes =>
        {
            bytes[Offset(bundle, 0) + 6] |= 8;
            bytes[DirectoryAt(bundle) + 8] |= 8;
        }),
        ["another way of packing"] = static bundle => With(bundle, bytes =>
        {
            bytes[Offset(bundle, 0) + 8] = 9;
            bytes[DirectoryAt(bundle) + 10] = 9;
        }),
        ["a link"] = static bundle =>
            With(bundle, bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(DirectoryAt(bundle) + 38), 0xA1FF_0000)),
        ["a folder"] = static bundle => With(bundle, bytes => bytes[DirectoryAt(bundle) + 38] |= 0x10),
        ["one file more in the directory than its end says"] = static bundle => With(bundle, bytes => bytes[^(EndSize - 10)]--),
        ["another number of files on this disk"] = static bundle => With(bundle, bytes => bytes[^(EndSize - 8)]--),
        ["a directory elsewhere"] = static bundle => With(bundle, bytes => bytes[^(EndSize - 16)]++),
        ["a second disk"] = static bundle => With(bundle, bytes => bytes[^(EndSize - 4)]++),
        ["sizes of a larger archive"] = static bundle => With(bundle, bytes => bytes.AsSpan(bytes.Length - EndSize + 16, 4).Fill(255)),
        ["a name in an extra field of the local header"] = static bundle => LocalExtra(bundle),
        ["a name in an extra field of the directory"] = static bundle => DirectoryExtra(bundle),
        ["a file behind the end of a packed one"] = static bundle => BehindPacked(bundle),
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task What_another_reader_would_see_otherwise_is_no_bundle(string attack)
    {
        await scene.Story.VerifiedAsync();
        var bundle =
            await File.ReadAllBytesAsync(await scene.ExportAsync(await scene.RequestAsync()), TestContext.Current.CancellationToken);
        var path = scene.Path("faces.zip");
        var forged = Faces[attack](bundle);
        BundleScene.WriteWithHash(path, forged);
        forged.ShouldNotBe(bundle);
        var verdict = await BundleScene.CheckAsync(path, scene.Key);
        verdict.State.ShouldBe(BundleState.Changed);
        verdict.Problem.ShouldNotBeNull().ShouldContain("The archive is damaged: ");
        (await BundleScene.PythonAsync(path)).ShouldSatisfyAllConditions(
            static done => done.Code.ShouldBe(1), static done => done.Output.ShouldStartWith("NOT INTACT: "));
    }

    [Fact]
    public async Task A_bundle_as_it_was_exported_has_one_face()
    {
        await scene.Story.VerifiedAsync();
        (await BundleScene.CheckAsync(await scene.ExportAsync(await scene.RequestAsync()), scene.Key)).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("Report.html")]
    [InlineData("REPORT.HTML")]
    [InlineData("oscal\\poam.json")]
    [InlineData("./report.html")]
    [InlineData("oscal/../report.html")]
    [InlineData("report.html ")]
    [InlineData("report\u200b.html")]
    [InlineData("re\u0301port.html")]
    [InlineData("r\u00e9port.html")]
    [InlineData("oscal/")]
    [InlineData("oscal/more.json")]
    [InlineData("C:report.html")]
    [InlineData("/report.html")]
    public async Task A_file_that_no_bundle_has_is_refused_even_when_the_manifest_names_it(string name)
    {
        await scene.Story.VerifiedAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        var manifest = System.Text.Json.JsonSerializer.Deserialize(files[BundleFormat.Manifest], BundleJson.Readable.BundleManifest)!;
        files.Remove(BundleFormat.Manifest);
        files[name] = "<p>forged</p>"u8.ToArray();
        files[BundleFormat.Manifest] = (manifest with { Files = [.. manifest.Files, new(name, 0, "")] }).ToBytes();
        var verdict = await BundleScene.CheckAsync(scene.Forge(files));
        verdict.State.ShouldBe(BundleState.Changed);
        verdict.Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_unpacks_to_more_than_it_says_is_not_unpacked()
    {
        await scene.Story.VerifiedAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        files[BundleFormat.Report] = new byte[50 * 1024 * 1024];
        var bomb = await File.ReadAllBytesAsync(scene.Forge(files), TestContext.Current.CancellationToken);
        var place = Enumerable.Range(0, 12).First(i => Name(bomb, i) == BundleFormat.Report);
        var forged = With(bomb, bytes =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)Offset(bomb, place) + 22), 1000);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Header(bomb, place) + 24), 1000);
        });
        BundleScene.WriteWithHash(scene.Path("bomb.zip"), forged);
        (await BundleScene.CheckAsync(scene.Path("bomb.zip"))).State.ShouldBe(BundleState.Changed);
    }

    private static byte[] With(byte[] bundle, Action<byte[]> change)
    {
        var copy = bundle.ToArray();
        change(copy);
        return copy;
    }

    /// <summary>Puts bytes into the archive and moves what the directory says of the files behind them.</summary>
    /// <param name="after">Number of the first file that moves; none when beyond the last.</param>
    private static byte[] Inserted(byte[] bundle, long at, ReadOnlySpan<byte> bytes, int after = int.MaxValue, bool moveDirectory = true)
    {
        byte[] longer = [.. bundle.AsSpan(0, (int)at), .. bytes, .. bundle.AsSpan((int)at)];
        if (!moveDirectory)
            return longer;
        var end = longer.AsSpan(longer.Length - EndSize);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)(BinaryPrimitives.ReadUInt32LittleEndian(end[16..]) + bytes.Length));
        for (var i = after; i < BinaryPrimitives.ReadUInt16LittleEndian(end[10..]); i++)
        {
            var offset = longer.AsSpan(Header(longer, i) + 42);
            BinaryPrimitives.WriteUInt32LittleEndian(offset, (uint)(BinaryPrimitives.ReadUInt32LittleEndian(offset) + bytes.Length));
        }
        return longer;
    }

    private static byte[] Commented(byte[] bundle, string more)
    {
        byte[] longer = [.. bundle[..^BundleFormat.CommentLength], .. Encoding.ASCII.GetBytes(more),
            .. bundle[^BundleFormat.CommentLength..]];
        BinaryPrimitives.WriteUInt16LittleEndian(
            longer.AsSpan(bundle.Length - EndSize + 20), (ushort)(BundleFormat.CommentLength + more.Length));
        return longer;
    }

    /// <summary>Info-ZIP's Unicode path: tools that know it show this name instead of the other.</summary>
    private static byte[] UnicodePath() => [0x75, 0x70, 16, 0, 1, 0, 0, 0, 0, .. "report.html"u8];

    private static byte[] LocalExtra(byte[] bundle)
    {
        var extra = UnicodePath();
        var forged = Inserted(bundle, Offset(bundle, 0) + 30 + BundleFormat.Entries.Length, extra, after: 1);
        BinaryPrimitives.WriteUInt16LittleEndian(forged.AsSpan((int)Offset(bundle, 0) + 28), (ushort)extra.Length);
        return forged;
    }

    private static byte[] DirectoryExtra(byte[] bundle)
    {
        var extra = UnicodePath();
        var forged = Inserted(bundle, Header(bundle, 1), extra, moveDirectory: false);
        BinaryPrimitives.WriteUInt16LittleEndian(forged.AsSpan(Header(bundle, 0) + 30), (ushort)extra.Length);
        var size = forged.AsSpan(forged.Length - EndSize + 12);
        BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)(BinaryPrimitives.ReadUInt32LittleEndian(size) + extra.Length));
        return forged;
    }

    /// <summary>
    /// A reader who follows the packed bytes to their end finds the hidden file there; one who follows the sizes does not.
    /// </summary>
    private static byte[] BehindPacked(byte[] bundle)
    {
        var hidden = LocalFile("report.html", "<p>forged</p>");
        var forged = Inserted(bundle, Offset(bundle, 1), hidden, after: 1);
        int[] places = [(int)Offset(bundle, 0) + 18, Header(forged, 0) + 20];
        foreach (var place in places)
            BinaryPrimitives.WriteUInt32LittleEndian(
                forged.AsSpan(place), (uint)(BinaryPrimitives.ReadUInt32LittleEndian(forged.AsSpan(place)) + hidden.Length));
        return forged;
    }

    private static byte[] LocalFile(string name, string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }
        var whole = bytes.ToArray();
        return whole[..(int)BinaryPrimitives.ReadUInt32LittleEndian(whole.AsSpan(whole.Length - 22 + 16))];
    }

    private static int DirectoryAt(byte[] bundle) =>
        (int)BinaryPrimitives.ReadUInt32LittleEndian(bundle.AsSpan(bundle.Length - EndSize + 16));

    /// <summary>Where the directory tells of the file of that number.</summary>
    private static int Header(byte[] bundle, int number)
    {
        var at = DirectoryAt(bundle);
        for (; number > 0; number--)
            at += 46 + BinaryPrimitives.ReadUInt16LittleEndian(bundle.AsSpan(at + 28));
        return at;
    }

    private static long Offset(byte[] bundle, int number) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bundle.AsSpan(Header(bundle, number) + 42));

    private static string Name(byte[] bundle, int number) =>
        Encoding.ASCII.GetString(bundle.AsSpan(
            Header(bundle, number) + 46, BinaryPrimitives.ReadUInt16LittleEndian(bundle.AsSpan(Header(bundle, number) + 28))));
}

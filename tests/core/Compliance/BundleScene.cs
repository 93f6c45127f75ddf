using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Ledger;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>A ledger on disk, its key, and bundles of it.</summary>
internal sealed class BundleScene : IDisposable
{
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;
    private readonly TestKey signer = new("ledger.example/contoso");

    public BundleScene()
    {
        folder = new(clock) { Keys = Keys };
        Story = new(folder.Open(), clock);
    }

    public EvidenceScene Story { get; }

    public InMemoryKeyRing Keys { get; } = new();

    public string File => folder.File;

    public ILedgerArchive Archive => new SqliteArchive(folder.File);

    public VerifierKey Key => signer.Verifier;

    public string Path(string name) => System.IO.Path.Combine(folder.Path, name);

    public async Task<long> SizeAsync() => await Archive.SizeAsync(EvidenceScene.Contoso, CancellationToken.None);

    public async Task<SignedCheckpoint> SignAsync(long size = 0, string origin = "ledger.example/contoso")
    {
        size = size > 0 ? size : await Archive.SizeAsync(EvidenceScene.Contoso, CancellationToken.None);
        var leaves = await Archive.LeavesAsync(EvidenceScene.Contoso, 1, (int)size, CancellationToken.None);
        return signer.Sign(new Checkpoint(origin, size, MerkleTree.Root(leaves.ToArray().Chunk(MerkleTree.HashSize))));
    }

    public async Task<BundleRequest> RequestAsync(long first = 1, long last = 0, SignedCheckpoint? checkpoint = null,
        Redaction? redacted = null, bool names = false, bool withSealed = false)
    {
        checkpoint ??= await SignAsync();
        return new(
            EvidenceScene.Contoso, "Contoso Ltd", "Example MSP", EvidenceSubject.DefaultNamespace, first,
            last > 0 ? last : checkpoint.Checkpoint.Size, checkpoint, Key, WithSealed: withSealed, redacted ?? Redaction.None,
            names ? Keys : null);
    }

    public async Task<string> ExportAsync(BundleRequest request, string name = "bundle.zip", params SignedCheckpoint[] earlier)
    {
        await new BundleExporter(Archive, CoreFeatures.Catalog).ExportAsync(
            request, earlier.ToAsyncEnumerable(), Path(name), CancellationToken.None);
        return Path(name);
    }

    public static Task<BundleVerdict> CheckAsync(string path, VerifierKey? key = null) =>
        new BundleCheck(CoreFeatures.Catalog).RunAsync(path, EvidenceScene.Contoso, key is null ? [] : [key], CancellationToken.None);

    /// <summary>The verdict of the script that was written from VERIFY.md alone.</summary>
    public static Task<(int Code, string Output)> PythonAsync(params string[] arguments) =>
        Tool.RunAsync("python3", ["verify_bundle.py", .. arguments]);

    public static Dictionary<string, byte[]> Unpack(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(static entry => entry.FullName, static entry =>
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        });
    }

    /// <summary>Packs files as a forger would who knows the format, so that only what is inside can give them away.</summary>
    /// <param name="fixManifest">Also gives the manifest the sizes and hashes of the files as they are now.</param>
    public string Forge(IReadOnlyDictionary<string, byte[]> files, bool fixManifest = true)
    {
        var path = Path($"forged-{RandomNumberGenerator.GetHexString(8)}.zip");
        var packed = files.ToDictionary();
        if (fixManifest)
        {
            var manifest = System.Text.Json.JsonSerializer.Deserialize(packed[BundleFormat.Manifest], BundleJson.Readable.BundleManifest)!;
            packed[BundleFormat.Manifest] = (manifest with
            {
                Files = [.. manifest.Files.Where(file => packed.ContainsKey(file.Name))
                    .Select(file => new BundledFile(
                        file.Name, packed[file.Name].Length, Convert.ToHexStringLower(SHA256.HashData(packed[file.Name]))))],
            }).ToBytes();
        }
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in packed)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
            zip.Comment = BundleFormat.CommentPrefix + new string('0', 64);
        }
        WriteWithHash(path, bytes.ToArray());
        return path;
    }

    /// <summary>A bundle of other bodies that its maker signed for: everything fits, whatever the bodies say.</summary>
    /// <param name="bodies">The canonical bodies of the entries from 1 on.</param>
    public string ForgeSigned(IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<byte[]> bodies)
    {
        var forged = files.ToDictionary();
        var leaves = bodies.Select(static body => MerkleTree.HashLeaf(body)).ToList();
        var root = MerkleTree.Root(leaves);
        forged[BundleFormat.Entries] = [.. bodies.Zip(leaves).Index().SelectMany(static one =>
            new BundledEntry(one.Index + 1, Convert.ToHexStringLower(one.Item.Second),
                System.Text.Encoding.UTF8.GetString(one.Item.First)).ToLine())];
        forged[BundleFormat.Checkpoint] =
            Encoding.UTF8.GetBytes(signer.Sign(new Checkpoint("ledger.example/contoso", bodies.Count, root)).ToString());
        forged[BundleFormat.Earlier] = [];
        var manifest = System.Text.Json.JsonSerializer.Deserialize(forged[BundleFormat.Manifest], BundleJson.Readable.BundleManifest)!;
        forged[BundleFormat.Manifest] = (manifest with { RootHash = Convert.ToHexStringLower(root) }).ToBytes();
        return Forge(forged);
    }

    public static void WriteWithHash(string path, byte[] bytes)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, bytes.Length - BundleFormat.CommentLength)));
        Encoding.ASCII.GetBytes(hash).CopyTo(bytes.AsSpan(bytes.Length - 64));
        System.IO.File.WriteAllBytes(path, bytes);
    }

    public void Dispose()
    {
        signer.Dispose();
        folder.Dispose();
    }
}

using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>An app package as the bot makes it, of which a test changes something before it is checked.</summary>
internal sealed class AppPackageScene : IDisposable
{
    public const string AppId = "6f1c3a52-98d0-4c5e-8a53-0b1f4d2e7c90";

    private readonly string root = Directory.CreateTempSubdirectory("app-package-").FullName;

    public Dictionary<string, string?> Settings { get; } = new() { ["Teams:AppId"] = AppId };

    /// <summary>What is in the package, by name.</summary>
    public Dictionary<string, byte[]> Files { get; private set; } = [];

    public string Built => Path.Combine(root, "built.zip");

    public string Changed => Path.Combine(root, "changed.zip");

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(root, Settings, args);

    /// <summary>Makes the package that is as it should be.</summary>
    public async Task BuildAsync(params string[] more)
    {
        var (code, output, error) = await RunAsync(["manifest", "build", "--domain", "www.contoso.com", "--out", Built, .. more]);
        (code, error).ShouldBe((0, ""), output);
        Files = Unzip(Built);
    }

    public JsonObject Manifest => Json("manifest.json");

    public JsonObject Json(string name) => JsonNode.Parse(Files[name])!.AsObject();

    public void Put(string name, JsonNode content) => Files[name] = Encoding.UTF8.GetBytes(content.ToJsonString());

    public void ChangeManifest(Action<JsonObject> change) => Change("manifest.json", change);

    public void Change(string name, Action<JsonObject> change)
    {
        var content = Json(name);
        change(content);
        Put(name, content);
    }

    /// <summary>Zips what is in <see cref="Files"/> now and checks it.</summary>
    public Task<(int Code, string Output, string Error)> CheckAsync() => CheckAsync(Zip(Files));

    public async Task<(int Code, string Output, string Error)> CheckAsync(byte[] package)
    {
        await File.WriteAllBytesAsync(Changed, package, TestContext.Current.CancellationToken);
        return await RunAsync("manifest", "check", Changed);
    }

    public static byte[] Zip(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var file = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                file.Write(content);
            }
        }
        return output.ToArray();
    }

    public static Dictionary<string, byte[]> Unzip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var files = new Dictionary<string, byte[]>();
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            using var file = entry.Open();
            file.CopyTo(content);
            files.Add(entry.FullName, content.ToArray());
        }
        return files;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}

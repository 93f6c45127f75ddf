using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// Blob Storage in a process of its own on 127.0.0.1: Azurite, in <c>tests/support/azurite</c>. Ends with this process at the latest.
/// </summary>
public sealed partial class BlobServer : IAsyncDisposable
{
    /// <summary>The account and the key that Azurite is published with.</summary>
    public const string Account = "devstoreaccount1";

    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);
    private readonly Process process;

    private BlobServer(Process process, Uri endpoint) => (this.process, Endpoint) = (process, endpoint);

    /// <summary>Of the account.</summary>
    public Uri Endpoint { get; }

    private static string Folder => Path.Combine(Repository.Root, "tests", "support", "azurite");

    /// <summary>Null when there is no Node, or its packages cannot be had.</summary>
    /// <param name="port">One that was free a moment ago; 0 for any.</param>
    public static async Task<BlobServer?> TryStartAsync(int port = 0)
    {
        if (!await NpmPackages.InstallAsync(Folder))
            return null;
        var start = new ProcessStartInfo("node", "server.js")
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["AZURITE_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        using var bound = new CancellationTokenSource(StartsWithin);
        var said = "";
        while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            said += line + "\n";
            if (Listening().Match(line) is { Success: true } match)
                return new(process, new($"{match.Value}/{Account}/"));
        }
        throw new InvalidOperationException($"Azurite ended and said '{said}'.");
    }

    /// <summary>Makes a container of its own unless named, and returns its address.</summary>
    public async Task<string> MakeContainerAsync(string? name = null)
    {
        var address = $"{Endpoint}{name ?? "test" + Guid.NewGuid().ToString("N")}";
        await Client(address).CreateIfNotExistsAsync();
        return address;
    }

    /// <summary>The container as whoever owns the account sees it.</summary>
    public static BlobContainerClient Client(string address) => new(new Uri(address), new StorageSharedKeyCredential(Account, Key));

    /// <summary>The address of a container with a signature that lets read and list.</summary>
    public static string AddressToRead(string address) =>
        Sign(address, BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List).AbsoluteUri;

    /// <summary>A signature that lets create as well, and neither write again nor delete.</summary>
    public static string SignatureToCopy(string address) => Sign(
        address, BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List | BlobContainerSasPermissions.Create).Query;

    /// <summary>The container as the bot opens it.</summary>
    public static CheckpointContainer Open(string address, TimeProvider? clock = null) =>
        ContainerConnection.Open(address, Key, new SecretSource(TimeProvider.System), clock ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static Uri Sign(string address, BlobContainerSasPermissions permissions) =>
        Client(address).GenerateSasUri(permissions, TimeProvider.System.GetUtcNow().AddHours(1));

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}

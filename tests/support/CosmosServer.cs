using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Cosmos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// A Cosmos DB server in a process of its own on 127.0.0.1: <c>tests/support/cosmos/front.js</c>. Ends with this process at the latest.
/// </summary>
public sealed class CosmosServer : IAsyncDisposable
{
    /// <summary>Any base64 will do: the server looks at no signature.</summary>
    public const string Key = "bm90IGEga2V5LCBidXQgYmFzZTY0";

    private readonly Process process;
    private readonly HttpClient control;

    private CosmosServer(Process process, int port)
    {
        this.process = process;
        Endpoint = new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        control = new() { BaseAddress = Endpoint };
    }

    public Uri Endpoint { get; }

    private static string Folder => Path.Combine(Repository.Root, "tests", "support", "cosmos");

    /// <summary>Null when there is no Node, or its packages cannot be had.</summary>
    public static async Task<CosmosServer?> TryStartAsync()
    {
        if (!await NpmPackages.InstallAsync(Folder))
            return null;
        var process = Process.Start(new ProcessStartInfo("node", "front.js 0")
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var said = await process.StandardOutput.ReadLineAsync() ?? "";
        return said.StartsWith("listening ", StringComparison.Ordinal)
            ? new(process, int.Parse(said.AsSpan("listening ".Length), CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"front.js said '{said}'.");
    }

    /// <summary>With limits that are not reached on a slow machine; a test of what happens at one sets it.</summary>
    public CosmosOptions Options(string database) => new()
    {
        Endpoint = Endpoint.AbsoluteUri,
        Key = Key,
        Database = database,
        PollEvery = TimeSpan.FromMilliseconds(50),
        LeaseFor = TimeSpan.FromSeconds(5),
        GiveUpAfter = TimeSpan.FromMinutes(5),
        RequestTimeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>A store in a database of its own unless named.</summary>
    public async Task<CosmosStore> OpenAsync(string? database = null, Action<CosmosOptions>? change = null, ILoggerFactory? logs = null)
    {
        var options = Options(database ?? NewDatabase());
        change?.Invoke(options);
        var store = new CosmosStore(options, new PlainSecrets(), TimeProvider.System, new(),
            (logs ?? NullLoggerFactory.Instance).CreateLogger<CosmosStore>());
        await store.PrepareAsync(CancellationToken.None);
        return store;
    }

    public static string NewDatabase() => "test" + Guid.NewGuid().ToString("N");

    /// <summary>
    /// From now on these go wrong; none when nothing is given. <c>fault</c> is <c>status</c> (with <c>status</c>, and <c>ms</c> to wait),
    /// <c>lose-request</c>, <c>lose-answer</c> or <c>slow</c> (by <c>ms</c>); <c>kind</c>, <c>container</c>, <c>chance</c> and <c>times</c>
    /// limit it.
    /// </summary>
    public async Task FailAsync(params object[] faults)
    {
        using var result = await control.PostAsJsonAsync("/_test/faults", faults);
        result.EnsureSuccessStatusCode();
    }

    /// <summary>Sets the account's write regions and its default consistency.</summary>
    public async Task SetAccountAsync(string consistency, params string[] regions)
    {
        using var result = await control.PostAsJsonAsync("/_test/account", new { consistency, regions });
        result.EnsureSuccessStatusCode();
    }

    /// <summary>Requests and request units since the last call, as in <c>ledger.create</c>.</summary>
    public async Task<(Dictionary<string, long> Requests, Dictionary<string, double> Charge)> TakeStatsAsync()
    {
        using var result = await control.DeleteAsync(new Uri("/_test/stats", UriKind.Relative));
        var stats = (await result.Content.ReadFromJsonAsync<JsonObject>())!;
        return (stats["requests"]!.AsObject().ToDictionary(static one => one.Key, static one => one.Value!.GetValue<long>()),
            stats["charge"]!.AsObject().ToDictionary(static one => one.Key, static one => one.Value!.GetValue<double>()));
    }

    public async ValueTask DisposeAsync()
    {
        control.Dispose();
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private sealed class PlainSecrets : ISecretSource
    {
        public string Read(SecretReference secret) => secret.Setting;
    }
}

using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd.Cluster;

/// <summary>Several bots on one Cosmos database behind a load balancer, one vendor that none of them is, and whatever kills them.</summary>
internal sealed class BotCluster : IAsyncDisposable
{
    private readonly CosmosServer cosmos;
    private readonly Balancer balancer;
    private readonly string keys;
    private readonly CosmosStore store;

    private BotCluster(CosmosServer cosmos, CosmosStore store, BotProcess vendor, List<BotProcess> bots, string keys)
    {
        (this.cosmos, this.store, this.keys, Vendor, Bots) = (cosmos, store, keys, vendor, bots);
        balancer = new(bots);
        Http = new(new LocalCaller(balancer)) { BaseAddress = new("http://bots/"), Timeout = Hang.Limit };
    }

    /// <summary>Serves the simulated vendor and nothing else; never killed.</summary>
    public BotProcess Vendor { get; }

    public IReadOnlyList<BotProcess> Bots { get; }

    /// <summary>Reaches a bot that listens, the next one each time.</summary>
    public HttpClient Http { get; }

    public CosmosServer Cosmos => cosmos;

    /// <summary>Where the customers' keys are, for all bots.</summary>
    public string KeyFolder => Path.Combine(keys, "tenants");

    /// <summary>Skips the test where there is no Node.</summary>
    /// <param name="more">Settings of every bot besides those that make it one of several.</param>
    public static async Task<BotCluster> StartAsync(int size, Dictionary<string, string>? more = null)
    {
        var cosmos = await CosmosServer.TryStartAsync();
        Assert.SkipWhen(cosmos is null, "npm ci failed in tests/support/cosmos: Node 20 and the npm registry are needed.");
        var vendor = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false" });
        var database = CosmosServer.NewDatabase();
        var keys = Directory.CreateTempSubdirectory("cluster-keys").FullName;
        List<BotProcess> bots = [];
        for (var n = 0; n < size; n++)
        {
            bots.Add(await BotProcess.StartAsync(new(more ?? [])
            {
                ["Storage:Provider"] = "Cosmos",
                ["Storage:Cosmos:Endpoint"] = cosmos.Endpoint.AbsoluteUri,
                ["Storage:Cosmos:Key"] = CosmosServer.Key,
                ["Storage:Cosmos:Database"] = database,
                ["Storage:Cosmos:LeaseFor"] = "00:00:05",
                ["Storage:Cosmos:PollEvery"] = "00:00:00.100",
                ["Storage:Keys:Path"] = Path.Combine(keys, "tenants"),
                ["Ledger:SigningKeyPath"] = Path.Combine(keys, "checkpoint.key"),
                ["Sandbox:Url"] = vendor.Http.BaseAddress!.AbsoluteUri,
                ["Sandbox:Timeout"] = "00:00:02",
                ["Execution:LeaseMargin"] = "00:00:10",
                ["Execution:SettleFor"] = "00:00:01",
                ["LocalTeams:Enabled"] = "false",
                ["Storms:SameCause"] = "100",
                ["Storms:Tenant"] = "100",
                ["Cards:LostAnswerWait"] = "00:00:05",
                ["Logging:LogLevel:Default"] = "Warning",
            }));
        }
        return new(cosmos, await cosmos.OpenAsync(database), vendor, bots, keys);
    }

    /// <summary>
    /// The entries of contoso as the account has them, with nothing opened. It starts no process, so it may be asked again and again.
    /// </summary>
    public async Task<List<JsonObject>> EntriesAsync(CancellationToken cancellationToken) =>
        await new CosmosArchive(store).ReadAsync(TenantId.Parse("contoso"), 1, long.MaxValue, cancellationToken)
            .Select(static entry => JsonNode.Parse(entry.Body.Span)!.AsObject()).ToListAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var bot in Bots)
            await bot.DisposeAsync();
        await Vendor.DisposeAsync();
        store.Dispose();
        await cosmos.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    /// <summary>Sends each request to the next bot, and on to another one when nobody listens there.</summary>
    private sealed class Balancer(List<BotProcess> bots) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker wire = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) });
        private int turn;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery;
            for (var attempt = 1; ; attempt++)
            {
                var bot = bots[(int)((uint)Interlocked.Increment(ref turn) % bots.Count)];
                request.RequestUri = new(bot.Http.BaseAddress!, path);
                try
                {
                    return await wire.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError
                    && attempt < 3 * bots.Count)
                {
                    await Task.Delay(100, cancellationToken);
                }
            }
        }

        protected override void Dispose(bool disposing)
        {
            wire.Dispose();
            base.Dispose(disposing);
        }
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Support;
using DevOpsAI.Tests.Support.Growth;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks.Growth;

/// <summary>Where a ledger with a history is kept, and how a bot is told of it.</summary>
internal interface IGrownStore : IDisposable
{
    /// <summary>The bot's folder.</summary>
    string Folder { get; }

    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Writes the history.</summary>
    /// <returns>How many entries there are.</returns>
    Task<long> WriteAsync(HistoryPlan plan);

    /// <summary>Names of the subscriptions that have a place in it; none where that is not asked for.</summary>
    IReadOnlyList<string> Subscriptions() => [];
}

/// <summary>The embedded store in a temporary folder.</summary>
internal sealed class SqliteStore : IGrownStore
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("bench-growth-").FullName;

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    public Task<long> WriteAsync(HistoryPlan plan) => History.WriteAsync(Folder, plan);

    public IReadOnlyList<string> Subscriptions()
    {
        using var database = LedgerFile.OpenToRead(Path.Combine(Folder, LedgerFile.Name));
        var rows = database!.Prepare("SELECT DISTINCT follower FROM cursors");
        List<string> names = [];
        while (rows.Step())
            names.Add(rows.Text(0));
        return names;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>A database of its own on a Cosmos DB server; keys in a temporary folder.</summary>
internal sealed class CosmosDatabase(CosmosServer server) : IGrownStore
{
    private readonly string database = CosmosServer.NewDatabase();

    public string Folder { get; } = Directory.CreateTempSubdirectory("bench-growth-").FullName;

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Storage:Provider"] = nameof(StorageProvider.Cosmos),
        ["Storage:Cosmos:Endpoint"] = server.Endpoint.AbsoluteUri,
        ["Storage:Cosmos:Key"] = CosmosServer.Key,
        ["Storage:Cosmos:Database"] = database,
        // As CosmosServer.Options has them: the server is slow on a busy machine.
        ["Storage:Cosmos:GiveUpAfter"] = "00:05:00",
        ["Storage:Cosmos:RequestTimeout"] = "00:01:00",
        ["Storage:Keys:Path"] = Keys,
    };

    private string Keys => Path.Combine(Folder, "keys");

    public async Task<long> WriteAsync(HistoryPlan plan)
    {
        var clock = new ManualClock(plan.From);
        using var store = await server.OpenAsync(database);
        using var keys = new KeyRing(new CosmosDocuments(store), new CosmosArchive(store), new FileKeyWrapper(Keys));
        using var metrics = new LedgerMetrics();
        using var ledger = new CosmosLedger(store, CoreFeatures.Catalog, keys, clock, metrics, NullLogger<CosmosLedger>.Instance);
        return await History.WriteAsync(ledger, clock, plan);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

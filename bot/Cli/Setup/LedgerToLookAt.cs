using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>The ledger as the settings name it, to be read beside a running bot. Nothing is made where there is none.</summary>
internal sealed class LedgerToLookAt(
    IOptions<StorageOptions> options, IHostEnvironment environment, ISecretSource secrets, TimeProvider clock, CosmosMetrics metrics,
    SetupLimit limit) : IDisposable
{
    private readonly Lock turn = new();
    private CosmosStore? store;

    public bool IsInAccount => options.Value.Provider == StorageProvider.Cosmos;

    /// <summary>The folder of a ledger in files.</summary>
    public string Folder => Path.GetFullPath(options.Value.Path, environment.ContentRootPath);

    /// <summary>Null where there is no ledger yet.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async Task<ILedgerArchive?> OpenAsync(CancellationToken cancellationToken)
    {
        if (IsInAccount)
            return await OpenAccount().ExistsAsync(cancellationToken) ? new CosmosArchive(OpenAccount()) : null;
        var file = Path.Combine(Folder, LedgerFile.Name);
        return File.Exists(file) ? new SqliteArchive(file) : null;
    }

    /// <summary>The account, which is given up before the time for a check is over, so that its own words are told.</summary>
    /// <exception cref="LedgerUnavailableException">The key is not there, or is none.</exception>
    public CosmosStore OpenAccount()
    {
        lock (turn)
        {
            var cosmos = options.Value.Cosmos;
            return store ??= new(
                new()
                {
                    Endpoint = cosmos.Endpoint,
                    Key = cosmos.Key,
                    Database = cosmos.Database,
                    CreateIfMissing = cosmos.CreateIfMissing,
                    GiveUpAfter = limit.Value * 0.6,
                    RequestTimeout = limit.Value * 0.3,
                }, secrets, clock, metrics, NullLogger<CosmosStore>.Instance);
        }
    }

    public void Dispose() => store?.Dispose();
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>One Cosmos server for the tests of a class; every test has a database of its own.</summary>
public sealed class CosmosFixture : IAsyncLifetime
{
    private CosmosServer? server;

    /// <summary>Skips the test where there is no Node.</summary>
    public CosmosServer Server
    {
        get
        {
            Assert.SkipWhen(server is null, "npm ci failed in tests/support/cosmos: Node 20 and the npm registry are needed.");
            return server;
        }
    }

    public async ValueTask InitializeAsync() => server = await CosmosServer.TryStartAsync();

    /// <summary>What every instance has in common besides the database.</summary>
    public static InMemoryKeyRing Keys { get; } = new();

    /// <summary>Another instance on the same database.</summary>
    public static CosmosLedger Instance(CosmosStore store, TimeProvider? clock = null, IKeyRing? keys = null) =>
        new(store, CoreFeatures.Catalog, keys ?? Keys, clock ?? TimeProvider.System, new LedgerMetrics(),
            NullLogger<CosmosLedger>.Instance);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}

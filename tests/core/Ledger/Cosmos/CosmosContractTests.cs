using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;

namespace DevOpsAI.Tests.Ledger.Cosmos;

public sealed class CosmosLedgerContractTests(CosmosFixture cosmos) : LedgerContract, IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private CosmosStore? store;
    private CosmosLedger? ledger;

    protected override ILedger Ledger => ledger!;

    public async ValueTask InitializeAsync()
    {
        store = await cosmos.Server.OpenAsync();
        ledger = CosmosFixture.Instance(store, Clock);
    }

    public ValueTask DisposeAsync()
    {
        ledger?.Dispose();
        store?.Dispose();
        return default;
    }
}

public sealed class CosmosArchiveTests(CosmosFixture cosmos) : ArchiveContract, IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private CosmosStore? store;
    private CosmosLedger? ledger;

    protected override ILedger Ledger => ledger!;

    protected override ILedgerArchive Archive => new CosmosArchive(store!);

    public async ValueTask InitializeAsync()
    {
        store = await cosmos.Server.OpenAsync();
        ledger = CosmosFixture.Instance(store);
    }

    public ValueTask DisposeAsync()
    {
        ledger?.Dispose();
        store?.Dispose();
        return default;
    }
}

public sealed class CosmosDocumentsTests(CosmosFixture cosmos) : DocumentsContract, IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private CosmosStore? store;

    protected override IDocuments Documents => new CosmosDocuments(store!);

    public async ValueTask InitializeAsync() => store = await cosmos.Server.OpenAsync();

    public ValueTask DisposeAsync()
    {
        store?.Dispose();
        return default;
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

/// <summary>A temporary folder with a ledger in it.</summary>
internal sealed class LedgerFolder(TimeProvider clock) : IDisposable
{
    private readonly LedgerMetrics metrics = new();
    private SqliteLedger? ledger;

    public IKeyRing Keys { get; init; } = new InMemoryKeyRing();

    public string Path { get; } = Directory.CreateTempSubdirectory("ledger-test-").FullName;

    public string File => System.IO.Path.Combine(Path, LedgerFile.Name);

    public SqliteLedger Ledger => ledger ?? throw new InvalidOperationException("Open the ledger first.");

    public SqliteLedger Open() => ledger = OpenAnother();

    public SqliteLedger OpenAnother() => new(Path, CoreFeatures.Catalog, Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);

    public void Reopen()
    {
        Close();
        Open();
    }

    public void Close() => ledger?.Dispose();

    public TenantVerification Verify(TenantId tenant)
    {
        using var database = LedgerFile.OpenToRead(File).ShouldNotBeNull();
        return LedgerVerifier.Verify(database, tenant, CancellationToken.None).ShouldHaveSingleItem();
    }

    public void Dispose()
    {
        Close();
        metrics.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}

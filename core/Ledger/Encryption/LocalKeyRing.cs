using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>The keys of an embedded ledger, opened without a host: for command-line verbs, tests and benchmarks.</summary>
public sealed class LocalKeyRing : IDisposable
{
    private readonly SqliteDocuments documents;

    /// <param name="folder">The folder of <c>ledger.db</c>.</param>
    /// <param name="wrapper">The customer's keys; files in <c>keys</c> below the folder when null.</param>
    /// <exception cref="LedgerUnavailableException">The documents cannot be opened.</exception>
    public LocalKeyRing(string folder, IKeyWrapper? wrapper = null)
    {
        documents = new(folder);
        Keys = new(documents, new SqliteArchive(Path.Combine(folder, LedgerFile.Name)),
            wrapper ?? new FileKeyWrapper(Path.Combine(folder, "keys")));
    }

    public KeyRing Keys { get; }

    public IDocuments Documents => documents;

    public void Dispose()
    {
        Keys.Dispose();
        documents.Dispose();
    }
}

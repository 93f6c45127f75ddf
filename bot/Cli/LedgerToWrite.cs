using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Bot.Cli;

/// <summary>A ledger with its documents and keys, opened by a verb that changes something. Opening changes nothing yet.</summary>
internal sealed class LedgerToWrite : IDisposable
{
    /// <summary>Of SQLite, in bytes; larger ones are multiples of it.</summary>
    private const int MinPage = 512;

    private readonly LedgerMetrics metrics = new();
    private readonly Func<LedgerToWrite, ILedger> open;
    private ILedger? ledger;

    private LedgerToWrite(IDocuments documents, ILedgerArchive archive, IKeyWrapper wrapper, Func<LedgerToWrite, ILedger> open)
    {
        (Documents, this.open) = (documents, open);
        Keys = new(documents, archive, wrapper);
    }

    public IDocuments Documents { get; }

    public KeyRing Keys { get; }

    /// <summary>
    /// Opened when it is first asked for. In a folder only one process may append, so nobody else can as long as this is open.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be opened, or a running bot has it.</exception>
    public ILedger Ledger => ledger ??= open(this);

    /// <exception cref="CommandException">There are no documents, so no keys, beside the ledger; none are made.</exception>
    public static LedgerToWrite InFolder(CommandContext context, string folder, string file)
    {
        if (Path.GetFileName(file) != LedgerFile.Name)
            throw new CommandException($"{file} can be read, but only a folder with {LedgerFile.Name} can be written to.");
        if (!File.Exists(Path.Combine(folder, SqliteDocuments.FileName)))
            throw new CommandException(
                $"{Path.Combine(folder, SqliteDocuments.FileName)} is missing, and the keys are in it. Restore it from a backup; nothing "
                + $"was changed.");
        if (new FileInfo(file).Length % MinPage != 0)
            throw new CommandException(
                $"{file} ends in the middle of a page: it was cut off. Restore it from a backup; nothing was changed.");
        var wrapper = Wrapper(context, folder);
        return new(new SqliteDocuments(folder), new SqliteArchive(file), wrapper, self =>
            new SqliteLedger(folder, context.Catalog, self.Keys, TimeProvider.System, self.metrics,
                NullLogger<SqliteLedger>.Instance));
    }

    /// <param name="folder">Where key files are, unless configuration names another place.</param>
    public static LedgerToWrite InAccount(CommandContext context, CosmosStore store, string folder) => new(
        new CosmosDocuments(store), new CosmosArchive(store), Wrapper(context, folder), self =>
            new CosmosLedger(store, context.Catalog, self.Keys, TimeProvider.System, self.metrics, NullLogger<CosmosLedger>.Instance));

    public void Dispose()
    {
        (ledger as IDisposable)?.Dispose();
        Keys.Dispose();
        (Documents as IDisposable)?.Dispose();
        metrics.Dispose();
    }

    /// <summary>The customer's keys as configuration names them, else in files below the folder.</summary>
    internal static IKeyWrapper Wrapper(CommandContext context, string folder) =>
        EncryptionServices.Wrapper(context.Configuration.GetSection("Storage:Keys").Get<KeysOptions>() ?? new(), context.ContentRoot,
            folder);
}

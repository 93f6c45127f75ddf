using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary>A ledger's folder opened for reading by a verb: beside a running bot, or a copy.</summary>
internal sealed class OpenedLedger
{
    private readonly CommandContext context;

    private OpenedLedger(CommandContext context, string folder, string file)
    {
        (this.context, Folder, File) = (context, folder, file);
        Archive = new SqliteArchive(file);
        Documents = new SqliteDocumentsReader(folder);
        Checkpoints = new(Documents);
    }

    public string Folder { get; }

    public string File { get; }

    public ILedgerArchive Archive { get; }

    public IDocuments Documents { get; }

    public Checkpoints Checkpoints { get; }

    /// <exception cref="CommandException">There is no ledger.</exception>
    public static OpenedLedger Open(CommandContext context, string? path)
    {
        var folder = context.Folder(path);
        return System.IO.File.Exists(folder)
            ? new(context, Path.GetDirectoryName(folder)!, folder)
            : System.IO.File.Exists(Path.Combine(folder, LedgerFile.Name))
                ? new(context, folder, Path.Combine(folder, LedgerFile.Name))
                : throw new CommandException($"There is no ledger at {Path.Combine(folder, LedgerFile.Name)}.");
    }

    /// <summary>Keys given on the command line, or, when there are none, those kept beside the ledger under the name of an origin.</summary>
    public async Task<Func<string, IEnumerable<VerifierKey>>> TrustedAsync(IReadOnlyList<VerifierKey> given, CancellationToken cancellationToken)
    {
        if (given.Count > 0)
            return _ => given;
        var known = await new SigningKeys(Documents).AllAsync(cancellationToken);
        var witnesses = context.Configuration.GetSection("Ledger:Witnesses").GetChildren()
            .Select(static witness => witness["Key"]).OfType<string>().Select(static key => Keys.Read(key)).ToList();
        return origin => [.. known.Select(key => VerifierKey.Create(origin, key.Span)), .. witnesses];
    }

    /// <summary>Every checkpoint kept beside the ledger: in its documents, in its folder, and in the other folder that configuration names.</summary>
    public async Task<IReadOnlyList<FoundCheckpoint>> KeptAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(long, string), FoundCheckpoint>();
        foreach (var folder in new[] { Path.Combine(Folder, CheckpointFiles.FolderName), context.Configuration["Ledger:CheckpointFolder"] })
        {
            if (folder is not { Length: > 0 })
                continue;
            foreach (var path in new CheckpointFiles(Path.GetFullPath(folder, context.ContentRoot)).Paths(tenant))
                Add(new(path, CheckpointFiles.Read(path)));
        }
        await foreach (var kept in Checkpoints.AllAsync(tenant, cancellationToken))
            Add(new($"the documents ({kept.Checkpoint.Size})", kept));
        return [.. found.Values.OrderBy(static one => one.Signed.Checkpoint.Size)];

        void Add(FoundCheckpoint one) => found.TryAdd((one.Signed.Checkpoint.Size, one.Signed.ToString()), one);
    }
}

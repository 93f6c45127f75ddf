using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// A ledger opened by a verb: a folder, beside a running bot or a copy, or the Cosmos DB account that configuration names. Reads, until
/// <see cref="ToWrite"/> is asked for more.
/// </summary>
internal sealed class LedgerSession : IDisposable
{
    private readonly CommandContext context;
    private readonly CosmosStore? store;

    private LedgerSession(CommandContext context, string folder, string file)
    {
        (this.context, Folder, Name) = (context, folder, file);
        Archive = new SqliteArchive(file);
        Documents = new SqliteDocumentsReader(folder);
        Checkpoints = new(Documents);
    }

    private LedgerSession(CommandContext context, CosmosStore store)
    {
        (this.context, this.store, Folder, Name) = (context, store, context.Folder(null), "the account");
        Archive = new CosmosArchive(store);
        Documents = new CosmosDocuments(store);
        Checkpoints = new(Documents);
    }

    /// <summary>Where checkpoints and keys may be kept as files.</summary>
    public string Folder { get; }

    /// <summary>The file, or what is said instead.</summary>
    public string Name { get; }

    public ILedgerArchive Archive { get; }

    public IDocuments Documents { get; }

    public Checkpoints Checkpoints { get; }

    /// <summary>
    /// The documents that belong to the ledger are here; a copy of the file alone has none, and nothing follows from their absence.
    /// </summary>
    public bool HasDocuments => store is not null || File.Exists(Path.Combine(Folder, SqliteDocuments.FileName));

    /// <summary>What the documents know of a tenant without entries; null when nothing tells of any.</summary>
    /// <exception cref="LedgerUnavailableException">The documents cannot be read now.</exception>
    public Task<string?> TracesAsync(TenantId tenant, CancellationToken cancellationToken) =>
        LedgerTraces.FindAsync(Documents, tenant, cancellationToken);

    /// <summary>The keys among those in use that are gone although nobody was erased; null when that cannot be told here.</summary>
    /// <exception cref="LedgerUnavailableException">The documents or the ledger cannot be read now.</exception>
    public async Task<IReadOnlyList<KeyUse>?> MissingKeysAsync(
        TenantId tenant, IReadOnlyCollection<KeyUse> uses, CancellationToken cancellationToken) =>
        HasDocuments ? await MissingKeys.FindAsync(Documents, Archive, tenant, uses, cancellationToken) : null;

    /// <param name="path">A folder or file; what configuration names when null.</param>
    /// <exception cref="CommandException">There is no ledger, or the settings are wrong.</exception>
    /// <exception cref="LedgerUnavailableException">The account cannot be used.</exception>
    public static async Task<LedgerSession> OpenAsync(CommandContext context, string? path, CancellationToken cancellationToken) =>
        path is null && CosmosAccount.IsConfigured(context.Configuration)
            ? new(context, await CosmosAccount.OpenAsync(context.Configuration, cancellationToken))
            : Open(context, path);

    public void Dispose() => store?.Dispose();

    /// <summary>The same ledger with its keys, to change something in it. To be disposed before this.</summary>
    /// <exception cref="CommandException">What belongs beside the ledger is not there.</exception>
    /// <exception cref="LedgerUnavailableException">It cannot be opened.</exception>
    public LedgerToWrite ToWrite() => store is null
        ? LedgerToWrite.InFolder(context, Folder, Name)
        : LedgerToWrite.InAccount(context, store, Folder);

    /// <summary>The keys, for what is encrypted to be read. To be disposed before this.</summary>
    /// <exception cref="LedgerUnavailableException">The customer's keys are not to be had as configured.</exception>
    public KeyRing KeysToRead() => new(Documents, Archive, LedgerToWrite.Wrapper(context, Folder));

    /// <summary>Recomputes everything; see <see cref="LedgerVerifier.VerifyFile"/> and <see cref="CosmosVerifier.VerifyAsync"/>.</summary>
    /// <exception cref="CommandException">There is no ledger.</exception>
    public async Task<IReadOnlyList<TenantVerification>> VerifyAsync(
        TenantId? tenant, IReadOnlyDictionary<TenantId, IReadOnlyList<long>>? sizes, CancellationToken cancellationToken) => store is null
        ? LedgerVerifier.VerifyFile(Name, tenant, cancellationToken, sizes) ?? throw new CommandException($"There is no ledger at {Name}.")
        : await CosmosVerifier.VerifyAsync(store, tenant, cancellationToken, sizes);

    /// <summary>
    /// Keys given on the command line, or, when there are none, those kept beside the ledger under the name of an origin.
    /// </summary>
    public async Task<Func<string, IEnumerable<VerifierKey>>> TrustedAsync(
        IReadOnlyList<VerifierKey> given, CancellationToken cancellationToken)
    {
        if (given.Count > 0)
            return _ => given;
        var known = await new SigningKeys(Documents).AllAsync(cancellationToken);
        var witnesses = context.Configuration.GetSection("Ledger:Witnesses").GetChildren()
            .Select(static witness => witness["Key"]).OfType<string>().Select(static key => Keys.Read(key)).ToList();
        return origin => [.. SigningKeys.Under(origin, known), .. witnesses];
    }

    /// <summary>The newest checkpoint kept beside the ledger; null when there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public async Task<SignedCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await Checkpoints.NewestAsync(tenant, cancellationToken)
            ?? new CheckpointFiles(Path.Combine(Folder, CheckpointFiles.FolderName)).Newest(tenant);

    /// <summary>
    /// Signs the head of now, as the bot does; it may run meanwhile. Returns the newest checkpoint, null while there are no entries.
    /// </summary>
    /// <exception cref="CommandException">This is a copy of the file alone: nothing can be kept beside it.</exception>
    /// <exception cref="SigningKeyException">The key is not here, or cannot be used.</exception>
    /// <exception cref="CheckpointException">The ledger does not continue what was signed before.</exception>
    public async Task<SignedCheckpoint?> SignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (store is null && (Path.GetFileName(Name) != LedgerFile.Name || !File.Exists(Path.Combine(Folder, SqliteDocuments.FileName))))
            throw new CommandException($"{Name} stands alone: {SqliteDocuments.FileName}, which keeps the checkpoints, is not beside it.");
        var signer = SigningKeyFile.Open(context, store is null ? Folder : null);
        using var held = signer as IDisposable;
        using var own = store is null ? new SqliteDocuments(Folder) : null;
        var origin = context.Configuration["Ledger:Origin"] is { Length: > 0 } set ? set : Origins.Default;
        return await SigningOnDemand.SignAsync(
            tenant, Origins.For(origin, tenant), Archive, own ?? Documents, signer, Folder, OtherPlaces(), cancellationToken);
    }

    /// <summary>
    /// Every checkpoint kept beside the ledger: in its documents, in its folder, and in the other folder that configuration names; and what
    /// is wrong with each that is none any more.
    /// </summary>
    public async Task<(IReadOnlyList<FoundCheckpoint> Whole, IReadOnlyList<string> Damaged)> KeptAsync(
        TenantId tenant, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(long, string), FoundCheckpoint>();
        var (fromDocuments, problems) = await Checkpoints.SortAsync(tenant, cancellationToken);
        List<string> damaged = [.. problems];
        foreach (var folder in new[] { Path.Combine(Folder, CheckpointFiles.FolderName), context.Configuration["Ledger:CheckpointFolder"] })
        {
            if (folder is not { Length: > 0 })
                continue;
            foreach (var path in new CheckpointFiles(Path.GetFullPath(folder, context.ContentRoot)).Paths(tenant))
                Try(path);
        }
        foreach (var kept in fromDocuments)
            Add(new($"the documents ({kept.Checkpoint.Size})", kept));
        return ([.. found.Values.OrderBy(static one => one.Signed.Checkpoint.Size)], damaged);

        void Try(string path)
        {
            try
            {
                Add(new(path, CheckpointFiles.Read(path)));
            }
            catch (CheckpointException problem)
            {
                damaged.Add(problem.Message);
            }
        }

        void Add(FoundCheckpoint one) => found.TryAdd((one.Signed.Checkpoint.Size, one.Signed.ToString()), one);
    }

    /// <summary>Where the bot copies checkpoints to.</summary>
    private List<ICheckpointPlace> OtherPlaces()
    {
        var places = new List<ICheckpointPlace>();
        if (context.Configuration["Ledger:CheckpointFolder"] is { Length: > 0 } folder)
            places.Add(new CheckpointFiles(Path.GetFullPath(folder, context.ContentRoot)));
        if (CheckpointContainers.FindConfigured(context) is { } container)
            places.Add(container);
        return places;
    }

    private static LedgerSession Open(CommandContext context, string? path)
    {
        var folder = context.Folder(path);
        if (File.Exists(folder))
            return new(context, Path.GetDirectoryName(folder)!, folder);
        var file = Path.Combine(folder, LedgerFile.Name);
        return File.Exists(file) ? new(context, folder, file) : throw new CommandException($"There is no ledger at {file}.");
    }
}

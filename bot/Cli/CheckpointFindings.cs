using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>Checkpoints to hold against a ledger: those given, and those kept beside it.</summary>
internal sealed class CheckpointFindings
{
    private readonly Dictionary<TenantId, List<FoundCheckpoint>> byTenant = [];
    private readonly List<string> unreadable = [];
    private readonly List<string> foreign = [];
    private readonly List<(TenantId Tenant, string Address)> empty = [];
    private IReadOnlyList<CheckpointContainer> containers = [];
    private Func<string, IEnumerable<VerifierKey>> trusted = static _ => [];
    private HashSet<string> given = [];
    private bool isStrict;

    /// <summary>Files that are no checkpoints any more: as telling as one that does not fit.</summary>
    public IReadOnlyList<string> Unreadable => unreadable;

    /// <summary>Blobs in containers given that are no checkpoints by their names.</summary>
    public IReadOnlyList<string> Foreign => foreign;

    /// <summary>Containers given that have nothing of a tenant.</summary>
    public IReadOnlyList<(TenantId Tenant, string Address)> Empty => empty;

    /// <summary>Checkpoints kept beside the ledger that no trusted key has signed; they say nothing.</summary>
    public int PassedOver { get; private set; }

    /// <exception cref="CommandException">What was given cannot be read, or there is no key to judge it by.</exception>
    public static async Task<CheckpointFindings> GatherAsync(
        LedgerSession ledger, IReadOnlyList<TenantId> tenants, GivenCheckpoints checkpoints, IReadOnlyList<VerifierKey> keys,
        CancellationToken cancellationToken)
    {
        var (files, containers) = checkpoints;
        var areKeysKnown = keys.Count > 0 || (await new SigningKeys(ledger.Documents).AllAsync(cancellationToken)).Count > 0;
        if (!areKeysKnown && files.Count + containers.Count > 0)
            throw new CommandException("There is no key to judge the checkpoint by: give --key with what 'ledger key' printed.");
        var findings = new CheckpointFindings
        {
            trusted = await ledger.TrustedAsync(keys, cancellationToken),
            given = [.. files],
            containers = containers,
            // With the keys kept beside the ledger, what beside it is not signed by them has been tampered with; with others it is merely
            // not theirs.
            isStrict = areKeysKnown && keys.Count == 0,
        };
        var fromFiles = files.Select(ReadGiven).ToList();
        foreach (var tenant in tenants)
        {
            // A file given with one tenant is held against that one, whatever it says; with several, against the one it names.
            var own = fromFiles.Where(one => tenants.Count == 1 || one.Signed.Checkpoint.Tenant == tenant).ToList();
            var (kept, damaged) = await ledger.KeptAsync(tenant, cancellationToken);
            own.AddRange(kept);
            findings.unreadable.AddRange(damaged);
            findings.byTenant[tenant] = own;
            foreach (var container in containers)
                await findings.AddAsync(container, tenant, cancellationToken);
        }
        if (tenants.Count != 1 && fromFiles.Find(one => one.Signed.Checkpoint.Tenant is not { } of || !tenants.Contains(of)) is { } stray)
            throw new CommandException($"{stray.Where} is of {stray.Signed.Checkpoint.Origin}, of which there is no ledger here.");
        return findings;
    }

    /// <summary>The sizes whose roots are needed.</summary>
    public IReadOnlyDictionary<TenantId, IReadOnlyList<long>> Sizes =>
        byTenant.ToDictionary(static pair => pair.Key,
            static pair => (IReadOnlyList<long>)[.. pair.Value.Select(static one => one.Signed.Checkpoint.Size).Distinct()]);

    public IReadOnlyList<CheckpointFinding> Judge(TenantVerification result, DateTimeOffset now)
    {
        if (!TenantId.TryParse(result.Tenant, out var tenant) || byTenant.GetValueOrDefault(tenant) is not { Count: > 0 } found)
            return [];
        var all = new CheckpointCheck(
            tenant, result.Entries, size => size == 0 ? MerkleTree.EmptyRoot.ToArray() : result.RootsAt.GetValueOrDefault(size) ?? [],
            trusted, now).Judge(found);
        var judged = all.Where(one => isStrict || IsGiven(one) || GetContainer(one) is { } || !one.IsStrange).ToList();
        PassedOver += all.Count - judged.Count;
        return judged;
    }

    public bool IsGiven(CheckpointFinding finding) => given.Contains(finding.Checkpoint.Where);

    /// <summary>Address of the container given that a checkpoint is from; null when it is from none.</summary>
    public string? GetContainer(CheckpointFinding finding) =>
        containers.FirstOrDefault(one => finding.Checkpoint.Where.StartsWith(one.Address + "/", StringComparison.Ordinal))?.Address;

    /// <exception cref="CommandException">There is no such file, or it is no checkpoint.</exception>
    public static FoundCheckpoint ReadGiven(string path)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no checkpoint file {path}.");
        try
        {
            return new(path, CheckpointFiles.Read(path));
        }
        catch (CheckpointException problem)
        {
            throw new CommandException(problem.Message);
        }
    }
    private async Task AddAsync(CheckpointContainer container, TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            var contents = await container.ReadAllAsync(tenant, cancellationToken);
            byTenant[tenant].AddRange(contents.Whole);
            unreadable.AddRange(contents.Damaged);
            foreign.AddRange(contents.Foreign);
            if (contents.Whole.Count + contents.Damaged.Count == 0)
                empty.Add((tenant, container.Address));
        }
        catch (IOException away)
        {
            throw new CommandException($"{container.Address} cannot be read: {away.Message}. Nothing was verified.");
        }
    }
}

/// <summary>What a verb was given to hold a ledger against.</summary>
/// <param name="Files">One checkpoint each.</param>
/// <param name="Containers">Of each, everything about the tenants that are verified.</param>
internal readonly record struct GivenCheckpoints(IReadOnlyList<string> Files, IReadOnlyList<CheckpointContainer> Containers);

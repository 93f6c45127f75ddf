using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// A start from what was kept of a state and of a tree reads the entries after those alone. The ones before are hashed afterwards, once the
/// bot serves, beside the work and without haste, so that damage among them holds their tenant all the same.
/// </summary>
internal sealed class OlderEntries(
    OlderEntriesCheck check, ITenantDirectory tenants, Quarantine quarantine, IHostApplicationLifetime host, TimeProvider clock,
    ILogger<OlderEntries> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var left = tenants.All.Select(static tenant => tenant.Id).ToHashSet();
        try
        {
            await StartedAsync(stoppingToken);
            while (true)
            {
                foreach (var tenant in left.ToList())
                {
                    if (await IsCheckedAsync(tenant, stoppingToken))
                        left.Remove(tenant);
                }
                if (left.Count == 0)
                    return;
                // A key that was unavailable may come back.
                await Task.Delay(LookAgain, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }

    private async Task<bool> IsCheckedAsync(TenantId tenant, CancellationToken stopping)
    {
        try
        {
            return await check.RunAsync(tenant, stopping);
        }
        catch (LedgerDamagedException damaged)
        {
            quarantine.Put(damaged);
            return true;
        }
        catch (Exception unclear) when (!stopping.IsCancellationRequested)
        {
            logger.NotChecked(tenant, unclear.Message);
            return false;
        }
    }
}

/// <summary>
/// Looks at the entries that a start did not read: each one's bytes, and that their leaf hashes give the tree that was kept.
/// </summary>
/// <param name="checkpoints">Know up to where a tree was taken from its kept nodes; null where there are no checkpoints.</param>
internal sealed class OlderEntriesCheck(
    TenantStates states, ILedgerArchive archive, EntryCatalog catalog, IKeyRing keys, Quarantine quarantine, TimeProvider clock,
    CheckpointsByTenant? checkpoints = null)
{
    private const int EntriesAtOnce = 512;

    /// <summary>Of four processors' time one at most is taken, as it were.</summary>
    private const int RestForWork = 3;

    private readonly EntryCodec codec = new(catalog);

    /// <summary>Hashes the tenant's entries that its state was not made of, or whose leaf hashes were not read.</summary>
    /// <returns>False while the state cannot be had, and so nobody knows which those are.</returns>
    /// <exception cref="LedgerDamagedException">One of them is not what was recorded.</exception>
    /// <exception cref="LedgerUnavailableException">They cannot be read now.</exception>
    public async Task<bool> RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await states.FindAsync(tenant, cancellationToken) is null)
            return quarantine.Holds(tenant);
        var unread = checkpoints is null ? null : await checkpoints.For(tenant).LeavesUnreadAsync(cancellationToken);
        var last = Math.Max(states.KeptUpTo(tenant), unread?.Size ?? 0);
        var tree = new CompactRange();
        var began = clock.GetTimestamp();
        await foreach (var entry in archive.ReadAsync(tenant, 1, last, cancellationToken))
        {
            MustBeNext(tenant, entry.Seq, tree);
            await MustBeWholeAsync(tenant, entry, cancellationToken);
            tree.Append(entry.Leaf.Span);
            if (tree.Size == unread?.Size && !tree.Root().AsSpan().SequenceEqual(unread.Root))
                quarantine.PutUnlessGivenUp(tenant, tree.Size, TenantCheckpoints.OtherEntries(tree.Size));
            if (tree.Size % EntriesAtOnce == 0)
            {
                await Task.Delay(RestForWork * clock.GetElapsedTime(began), clock, cancellationToken);
                began = clock.GetTimestamp();
            }
        }
        MustBeNext(tenant, last + 1, tree);
        return true;
    }

    private static void MustBeNext(TenantId tenant, long seq, CompactRange after)
    {
        if (seq != after.Size + 1)
            throw new LedgerDamagedException(tenant, after.Size + 1, "it is missing from the ledger");
    }

    private async ValueTask MustBeWholeAsync(TenantId tenant, StoredEntry entry, CancellationToken cancellationToken)
    {
        EntryCodec.MustBeWhole(tenant, entry);
        // Whether what is encrypted beside it may be missing, its keys tell.
        if (entry.Encrypted is null && EntryParts.Read(entry.Body.Span).HasEncrypted)
            await codec.DecodeAsync(tenant, [entry], keys, cancellationToken);
    }
}

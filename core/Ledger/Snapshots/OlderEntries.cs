using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// A start from what was kept of a state reads the entries after it alone. Those before are hashed afterwards, beside the work and without
/// haste, so that damage among them holds their tenant all the same.
/// </summary>
internal sealed class OlderEntries(
    TenantStates states, ITenantDirectory tenants, ILedgerArchive archive, EntryCatalog catalog, IKeyRing keys, Quarantine quarantine,
    TimeProvider clock, ILogger<OlderEntries> logger)
    : BackgroundService
{
    private const int EntriesAtOnce = 1000;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly EntryCodec codec = new(catalog);

    /// <summary>Hashes the tenant's entries that its state was not made of.</summary>
    /// <returns>False while the state cannot be had, and so nobody knows which those are.</returns>
    /// <exception cref="LedgerDamagedException">One of them is not what was recorded.</exception>
    /// <exception cref="LedgerUnavailableException">They cannot be read now.</exception>
    internal async Task<bool> CheckAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await states.FindAsync(tenant, cancellationToken) is null)
            return quarantine.Holds(tenant);
        await foreach (var entry in archive.ReadAsync(tenant, 1, states.KeptUpTo(tenant), cancellationToken))
        {
            EntryCodec.MustBeWhole(tenant, entry);
            // Whether what is encrypted beside it may be missing, its keys tell.
            if (entry.Encrypted is null)
                await codec.DecodeAsync(tenant, [entry], keys, cancellationToken);
            if (entry.Seq % EntriesAtOnce == 0)
                await Task.Delay(Rest, clock, cancellationToken);
        }
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var left = tenants.All.Select(static tenant => tenant.Id).ToHashSet();
        try
        {
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

    private async Task<bool> IsCheckedAsync(TenantId tenant, CancellationToken stopping)
    {
        try
        {
            return await CheckAsync(tenant, stopping);
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

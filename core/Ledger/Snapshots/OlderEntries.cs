using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// A start from what was kept of a state reads the entries after it alone. Those before are hashed afterwards, beside the work and
/// without haste,
/// so that damage among them holds their tenant all the same.
/// </summary>
internal sealed class OlderEntries(
    TenantStates states, ITenantDirectory tenants, ILedgerArchive archive, EntryCatalog catalog, IKeyRing keys, Quarantine quarantine,
    TimeProvider clock, ILogger<OlderEntries> logger)
    : BackgroundService
{
    private const int EntriesAtOnce = 1000;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(25);

    private readonly EntryCodec codec = new(catalog);

    /// <summary>Hashes the tenant's entries that its state was not made of.</summary>
    internal async Task CheckAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var last = states.KeptUpTo(tenant);
        if (last == 0 || quarantine.Holds(tenant))
            return;
        await foreach (var entry in archive.ReadAsync(tenant, 1, last, cancellationToken))
        {
            EntryCodec.MustBeWhole(tenant, entry);
            // Whether what is sealed beside it may be missing, its keys tell.
            if (entry.Sealed is null)
                await codec.DecodeAsync(tenant, [entry], keys, cancellationToken);
            if (entry.Seq % EntriesAtOnce == 0)
                await Task.Delay(Rest, clock, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var tenant in tenants.All)
        {
            try
            {
                await CheckAsync(tenant.Id, stoppingToken);
            }
            catch (LedgerDamagedException damaged)
            {
                quarantine.Put(damaged);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unclear)
            {
                logger.NotChecked(tenant.Id, unclear.Message);
            }
        }
    }
}

using System.Runtime;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// Reads every tenant's ledger before anything is done on its grounds: whoever reads an entry hashes it, and the hashes together must be
/// what was signed last, and give the tree that is kept beside them. What is read is the state that the bot needs anyway. A tenant whose
/// record or newest checkpoint is not whole goes into quarantine; the others start.
/// </summary>
internal sealed class LedgerCheck(TenantStates states, ITenantDirectory tenants, Quarantine quarantine, ILogger<LedgerCheck> logger,
    CheckpointsByTenant? checkpoints = null)
    : IHostedService
{
    /// <summary>Tenants that are read at once: one waits for a store far away while another one is hashed.</summary>
    private static readonly int AtOnce = 2 * Environment.ProcessorCount;

    /// <summary>Bytes of managed memory.</summary>
    private const long WorthDropping = 64 * 1024 * 1024;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            tenants.All,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (tenant, stopping) => await CheckAsync(tenant.Id, stopping));
        DropWhatWasRead();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// What snapshots were read from is of no more use, and large: left to itself it would stay in memory until much else has happened.
    /// </summary>
    private static void DropWhatWasRead()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) < WorthDropping)
            return;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task CheckAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            // Without its key a record cannot be read; it is when the key is back.
            if (await states.FindAsync(tenant, cancellationToken) is null || quarantine.Holds(tenant) || checkpoints is null)
                return;
            await checkpoints.For(tenant).CompareAsync(cancellationToken);
        }
        catch (Exception damaged) when (damaged is CheckpointException or TenantLockedException)
        {
            // The tenant is in quarantine now; or what is missing was given up on purpose, and whoever signs tells that nothing is signed.
        }
        catch (Exception unclear) when (!cancellationToken.IsCancellationRequested)
        {
            // It is looked at again before anything is signed, and each entry whenever it is read.
            logger.NotChecked(tenant, unclear.Message);
        }
    }
}

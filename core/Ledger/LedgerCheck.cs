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
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
            await CheckAsync(tenant.Id, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

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

using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// Reads every tenant's ledger before anything is done on its grounds: whoever reads an entry hashes it, and the hashes together must be what was
/// signed last. What is read is the state that the bot needs anyway. A tenant whose record is not whole goes into quarantine; the others start.
/// </summary>
internal sealed class LedgerCheck(TenantStates states, ITenantDirectory tenants, Quarantine quarantine, ILogger<LedgerCheck> logger, CheckpointKeepers? keepers = null)
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
            if (await states.FindAsync(tenant, cancellationToken) is null || quarantine.Holds(tenant) || keepers is null)
                return;
            await keepers.Of(tenant).CompareAsync(cancellationToken);
        }
        catch (CheckpointException)
        {
            // Either the tenant is in quarantine now, or nothing is signed for it, which is told by whoever signs.
        }
        catch (Exception unclear) when (!cancellationToken.IsCancellationRequested)
        {
            // It is looked at again before anything is signed, and each entry whenever it is read.
            logger.NotChecked(tenant, unclear.Message);
        }
    }
}

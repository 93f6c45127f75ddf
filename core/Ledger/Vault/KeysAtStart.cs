using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Ledger.Vault;

/// <summary>Opens every tenant's data key before anything else starts, so that a missing or wrong key keeps the bot from starting and says so.</summary>
internal sealed class KeysAtStart(KeyRing ring, ITenantDirectory tenants, ILedger ledger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
        {
            // The ledger first: it is what tells a new tenant from one whose keys are gone.
            _ = await ledger.HeadAsync(tenant.Id, cancellationToken);
            await ring.OpenAsync(tenant.Id, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

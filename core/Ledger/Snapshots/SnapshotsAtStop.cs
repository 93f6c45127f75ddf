using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Keeps the states at a clean stop. To be registered before what appends, so that it stops after that.</summary>
internal sealed class SnapshotsAtStop(TenantStates states) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => states.SaveAsync().WaitAsync(cancellationToken);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>The container of checkpoints that settings name; null when they name none.</summary>
internal sealed record ContainerSetting(CheckpointContainer? Container);

/// <summary>
/// Warns once, beside the start, when nothing keeps the container's checkpoints from being removed: then it is a convenience, not evidence.
/// </summary>
internal sealed class ContainerProtection(ContainerSetting setting, TimeProvider clock, ILogger<ContainerProtection> logger)
    : BackgroundService
{
    private static readonly TimeSpan PauseWhileAway = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (setting.Container is not { } container)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await container.FindProtectionProblemAsync(stoppingToken) is { } problem)
                    logger.NotProtected(problem);
                return;
            }
            catch (IOException)
            {
                // That the container is away is said by whoever copies to it.
                await Task.Delay(PauseWhileAway, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

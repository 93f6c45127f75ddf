using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// The bot refuses to start, because it could let itself go on: the message says how to take the kill switch out of its reach.
/// </summary>
public sealed class KillSwitchInReachException(string message) : Exception(message);

/// <summary>
/// Looks at the kill switch before anything else starts. Where others reach the bot, a switch that it could change itself keeps it from
/// starting, and none at all is a warning; in local mode and in Development the first is a warning.
/// </summary>
internal sealed class KillSwitchCheck(Lazy<KillSwitch> killSwitch, ILocalMode mode, IHostEnvironment environment,
    ILogger<KillSwitchCheck> logger) : IHostedLifecycleService
{
    private const string None =
        "There is no kill switch: nothing outside the bot can stop it but ending it. Set Gates:KillSwitchPath to a file that its account "
        + "can read and not write.";

    /// <exception cref="KillSwitchInReachException">The process can change the switch.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var isForOthers = !mode.IsLocal && !environment.IsDevelopment();
        if (!killSwitch.Value.IsSet)
        {
            if (isForOthers)
                logger.KillSwitchIsWeak(None);
            return Task.CompletedTask;
        }
        if (killSwitch.Value.CheckStrength() is not { } why)
            return Task.CompletedTask;
        if (isForOthers)
            throw new KillSwitchInReachException(why);
        logger.KillSwitchIsWeak(why);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

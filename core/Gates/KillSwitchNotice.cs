using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>Says once, at the start of a bot that others reach, when its kill switch is none or does not hold against the bot itself.</summary>
internal sealed class KillSwitchNotice(Lazy<KillSwitch> killSwitch, ILocalMode mode, IHostEnvironment environment, ILogger<KillSwitchNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!mode.IsLocal && !environment.IsDevelopment() && killSwitch.Value.WhyWeak() is { } why)
            logger.KillSwitchIsWeak(why);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Gates;

/// <summary>Whether a start would refuse the kill switch, for those who ask before one.</summary>
public sealed class KillSwitchReach
{
    private readonly Lazy<KillSwitch> killSwitch;
    private readonly bool isForOthers;

    internal KillSwitchReach(Lazy<KillSwitch> killSwitch, ILocalMode mode, IHostEnvironment environment) =>
        (this.killSwitch, isForOthers) = (killSwitch, !mode.IsLocal && !environment.IsDevelopment());

    public bool IsSet => killSwitch.Value.IsSet;

    /// <summary>One sentence when the process could change the switch where others reach the bot; else null. Changes nothing.</summary>
    public string? GetRefusal() => isForOthers ? killSwitch.Value.CheckStrength() : null;
}

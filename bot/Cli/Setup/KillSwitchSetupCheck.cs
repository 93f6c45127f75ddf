using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Whether the kill switch is out of the bot's own reach, seen from the account that runs this.</summary>
internal sealed class KillSwitchSetupCheck(Lazy<KillSwitchReach> killSwitch) : ISetupCheck
{
    public string Name => "kill-switch";

    public Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private IReadOnlyList<SetupFinding> Look()
    {
        if (!killSwitch.Value.IsSet)
            return SetupFinding.Skipped("Gates:KillSwitchPath is not set: nothing outside the bot can stop it but ending it.");
        return killSwitch.Value.GetRefusal() is { } inReach
            ? SetupFinding.Missing(inReach)
            : SetupFinding.Ok("The kill switch is where the settings ask for it to be.");
    }
}

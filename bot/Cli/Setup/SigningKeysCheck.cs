using DevOpsAI.Bot.Teams.Inbound;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Fetches the keys that Teams signs with, as the bot does before it lets an activity in.</summary>
internal sealed class SigningKeysCheck(IOptions<TeamsOptions> options, Lazy<SigningKeys> keys) : ISetupCheck
{
    /// <summary>The id of no key: to look for it fetches all.</summary>
    private const string NoKey = "-";

    public string Name => "signing-keys";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsLocal)
            return SetupFinding.Skipped(LocalModeMessages.NotAsked);
        var metadata = CloudEnvironment.From(options.Value).MetadataUrl;
        try
        {
            await keys.Value.FindAsync(NoKey, mayForce: false, cancellationToken);
            return SetupFinding.Ok($"{metadata.Authority} gave the keys that Teams signs with.");
        }
        catch (SigningKeysUnavailableException none)
        {
            return SetupFinding.Missing($"The keys that Teams signs with cannot be had from {metadata}: "
                + $"{none.InnerException?.Message.TrimEnd('.')}. Let this machine call it over https; without them nothing that Teams "
                + "sends is let in.");
        }
    }
}

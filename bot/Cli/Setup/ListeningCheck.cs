using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Hosting.Server;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Whether a start would refuse the addresses that the bot would listen on. Listens on none.</summary>
internal sealed class ListeningCheck(IServer server, IConfiguration configuration, Lazy<ILocalMode> mode, IHostEnvironment environment)
    : ISetupCheck
{
    public string Name => "listening";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var addresses = TeamsStartupCheck.ListenAddresses(server, configuration);
        foreach (var address in addresses)
            Surroundings.CheckSpelling(address);
        await new TeamsStartupCheck(server, configuration, mode.Value, environment).StartingAsync(cancellationToken);
        return SetupFinding.Ok($"The bot may listen on {string.Join(", ", addresses)}.");
    }
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Asks Entra for the token that the bot shows to Teams, by the credential of the settings.</summary>
internal sealed class CredentialCheck(IOptions<TeamsOptions> options, IBotTokens tokens, IHostEnvironment environment) : ISetupCheck
{
    public string Name => "credential";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var teams = options.Value;
        if (teams.IsLocal)
        {
            return environment.IsDevelopment()
                ? SetupFinding.Skipped(LocalModeMessages.NotAsked)
                : SetupFinding.Missing("Teams:AppId is not set, so the bot would serve this machine alone. Set Teams:AppId, Teams:TenantId "
                    + "and Teams:ClientSecret (or Teams:CertificatePath, Teams:FederatedTokenFile or Teams:ManagedIdentity) to the bot's "
                    + "registration.");
        }
        try
        {
            await tokens.GetAsync(cancellationToken);
            return SetupFinding.Ok($"Entra gave a token to the application {teams.AppId}.");
        }
        catch (TokenUnavailableException none) when (none.InnerException is not SecretUnavailableException)
        {
            return SetupFinding.Missing(CredentialRefusals.Explain(none.InnerException!, teams));
        }
    }
}

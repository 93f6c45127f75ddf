using DevOpsAI.Connections.Secrets;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Asks the vault of <c>Secrets:KeyVault</c> for a secret that it does not have, for its removal, and for its list.</summary>
internal sealed class SecretVaultCheck(Lazy<StoredSecrets> secrets) : ISetupCheck
{
    public string Name => "secret-vault";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!secrets.Value.HasVault)
            return SetupFinding.Skipped("Secrets:KeyVault is not set: what people type into forms is kept, encrypted, beside the ledger.");
        var problem = await secrets.Value.FindVaultProblemAsync(cancellationToken);
        return SetupFinding.From(problem is null ? [] : [problem], "Key Vault lets the bot read, delete and list secrets.");
    }
}

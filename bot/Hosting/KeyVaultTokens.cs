using Azure.Core;
using Azure.Identity;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Entra tokens for Key Vault: by managed identity, workload identity, or whoever is signed in on a developer's machine.</summary>
internal sealed class KeyVaultTokens
{
    private static readonly TokenRequestContext Vault = new(["https://vault.azure.net/.default"]);

    private readonly Lazy<TokenCredential> credential = new(static () => new DefaultAzureCredential());

    /// <exception cref="SigningKeyException">There is none now.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await credential.Value.GetTokenAsync(Vault, cancellationToken)).Token;
        }
        catch (AuthenticationFailedException none)
        {
            throw new SigningKeyException($"Entra gave no token for Key Vault: {none.Message.Split('\n')[0]}", mayPass: true, none);
        }
    }
}

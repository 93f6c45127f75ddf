namespace DevOpsAI.Connections.Secrets;

/// <summary>Section <c>Secrets</c>: where the bot keeps what people type into forms.</summary>
public sealed class SecretsOptions
{
    /// <summary>
    /// Address of a Key Vault, as in <c>https://contoso-kv.vault.azure.net/</c>; nothing for the client's documents beside the ledger. It
    /// is also the vault that <c>keyvault:NAME</c> means.
    /// </summary>
    public Uri? KeyVault { get; init; }
}

namespace DevOpsAI.Ledger.Encryption;

/// <summary>Where the customer-managed keys are.</summary>
public enum KeyProvider { File, KeyVault }

/// <summary>Section <c>Storage:Keys</c>: the keys that wrap each tenant's data key.</summary>
public sealed class KeysOptions
{
    public KeyProvider Provider { get; init; } = KeyProvider.File;

    /// <summary>
    /// For files: the folder of <c>{tenant}.key</c>; <c>keys</c> in <c>Storage:Path</c> when not given. Relative to the content root.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>For Key Vault: its address, as in <c>https://contoso-kv.vault.azure.net</c>. A tenant may have its own.</summary>
    public Uri? VaultUri { get; init; }

    /// <summary>For Key Vault: the name of the RSA key; <c>{tenant}</c> in it stands for the tenant id.</summary>
    public string KeyName { get; init; } = "devops-ai-bot-{tenant}";

    /// <summary>Tenants that have a vault or a key name of their own, by tenant id.</summary>
    public Dictionary<string, TenantKeyOptions> Tenants { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Section <c>Storage:Keys:Tenants:{id}</c>.</summary>
public sealed class TenantKeyOptions
{
    public Uri? VaultUri { get; init; }

    public string? KeyName { get; init; }
}

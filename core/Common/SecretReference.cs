namespace DevOpsAI.Common;

/// <summary>
/// A secret as configuration gives it: <c>env:NAME</c>, <c>file:/path</c>, <c>keyvault:NAME</c> (or <c>keyvault:NAME/VERSION</c>), or the
/// secret itself; for a connection made in chat, <c>stored:tenant/id</c> too.
/// Its text form says where the secret is, never what it is.
/// </summary>
public readonly record struct SecretReference(string Setting)
{
    private const string Environment = "env:";
    private const string File = "file:";
    private const string Store = "stored:";
    private const string Vault = "keyvault:";

    /// <summary>The environment variable's name, or null.</summary>
    public string? Variable => After(Environment);

    /// <summary>The file's path, or null.</summary>
    public string? Path => After(File);

    /// <summary>The name under which the bot itself keeps it, as in <c>contoso/1f09</c>; null when it does not.</summary>
    public string? StoredName => After(Store);

    /// <summary>Its name in Key Vault, as in <c>contoso-ninjaone</c>, perhaps with a version behind a slash; null elsewhere.</summary>
    public string? VaultName => After(Vault);

    /// <summary>It says where the secret is, and is not the secret.</summary>
    public bool IsElsewhere => Variable is not null || Path is not null || StoredName is not null || VaultName is not null;

    /// <param name="name">As in <c>contoso/1f09</c>.</param>
    public static SecretReference ForStored(string name) => new(Store + name);

    /// <param name="name">As in <c>contoso-ninjaone/4387e9f3d6e14c459867679a90fd0f79</c>.</param>
    public static SecretReference ForKeyVault(string name) => new(Vault + name);

    public override string ToString() => IsElsewhere ? Setting : "(secret)";

    private string? After(string scheme) =>
        Setting is not null && Setting.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? Setting[scheme.Length..].Trim() : null;
}

/// <summary>Reads secrets where they are kept.</summary>
public interface ISecretSource
{
    /// <summary>The secret now; a file is read again at most every half a minute, so a rotated secret needs no restart.</summary>
    /// <exception cref="SecretUnavailableException">It is not there, cannot be read, or is empty.</exception>
    string Read(SecretReference secret);
}

/// <summary>A secret cannot be read. The message names where it should be.</summary>
public sealed class SecretUnavailableException(SecretReference secret, string why, Exception? inner = null)
    : Exception($"The secret at {secret} {why}.", inner);

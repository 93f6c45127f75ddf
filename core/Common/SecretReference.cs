namespace DevOpsAI.Common;

/// <summary>
/// A secret as configuration gives it: <c>env:NAME</c>, <c>file:/path</c>, or the secret itself.
/// Its text form says where the secret is, never what it is.
/// </summary>
public readonly record struct SecretReference(string Setting)
{
    private const string Environment = "env:";
    private const string File = "file:";

    /// <summary>The environment variable's name, or null.</summary>
    public string? Variable => After(Environment);

    /// <summary>The file's path, or null.</summary>
    public string? Path => After(File);

    public override string ToString() => Variable is not null || Path is not null ? Setting : "(secret)";

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

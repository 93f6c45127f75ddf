using System.Collections.Concurrent;

namespace DevOpsAI.Common;

/// <summary>
/// Secrets from the environment and from files, as containers and systemd hand them over, and those that stores keep.
/// </summary>
public sealed class SecretSource(TimeProvider clock) : ISecretSource
{
    private const int MaxSecretLength = 64 * 1024;
    private static readonly TimeSpan FileKeptFor = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, (string Secret, DateTimeOffset ReadAt)> files = new();

    /// <summary>Reads what a store keeps; null from it when there is no such secret. Without it there is none.</summary>
    public Func<SecretReference, string?>? Stored { get; init; }

    public string Read(SecretReference secret)
    {
        // A line's end is no part of a secret: files have one, and so has what was copied or put into a vault from one.
        var value = (secret switch
        {
            { Variable: { } variable } => Environment.GetEnvironmentVariable(variable),
            { Path: { } path } => ReadFile(secret, path),
            { StoredName: not null } or { VaultName: not null } => Stored?.Invoke(secret),
            _ => secret.Setting,
        })?.TrimEnd('\r', '\n');
        return string.IsNullOrEmpty(value) ? throw new SecretUnavailableException(secret, "is missing or empty") : value;
    }

    private string ReadFile(SecretReference secret, string path)
    {
        var now = clock.GetUtcNow();
        if (files.TryGetValue(path, out var known) && now - known.ReadAt < FileKeptFor && now >= known.ReadAt)
            return known.Secret;
        try
        {
            if (new FileInfo(path).Length > MaxSecretLength)
                throw new SecretUnavailableException(secret, "is larger than a secret can be");
            var read = File.ReadAllText(path);
            files[path] = (read, now);
            return read;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SecretUnavailableException(secret, "cannot be read", failure);
        }
    }
}

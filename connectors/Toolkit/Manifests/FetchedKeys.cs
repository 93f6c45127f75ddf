using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// The keys of signatures that a vendor hands out at an address which each delivery names. Nobody has proven anything when the address is
/// read, so only the vendor's own host is asked, and a key is kept for a while.
/// </summary>
internal sealed class FetchedKeys(Manifest manifest, ManifestConnector connector, TimeProvider clock)
{
    private const int MaxKept = 64;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Connection, string Address), (byte[] Key, DateTimeOffset ReadAt)> kept = new();

    /// <summary>Returns null when the delivery names no address that may be asked, or the vendor tells no key there.</summary>
    /// <exception cref="VendorUnavailableException">The vendor cannot be asked now.</exception>
    public async Task<byte[]?> FindAsync(
        Connection connection, FetchedKeyRule rule, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Address(rule, body) is not { } address)
            return null;
        var now = clock.GetUtcNow();
        if (kept.TryGetValue((connection.Name, address), out var known) && now - known.ReadAt < KeptFor && now >= known.ReadAt)
            return known.Key;
        switch (await connector.ReadLinkAsync(connection, address, cancellationToken))
        {
            case CallOutcome<JsonElement>.Done(var answer):
                if (rule.Key.Find(answer) is not { } found || ValueTemplate.Scalar(found) is not { Length: > 0 } text)
                    return null;
                var key = SHA256.HashData(Encoding.UTF8.GetBytes(text));
                if (kept.Count >= MaxKept)
                    kept.Clear();
                kept[(connection.Name, address)] = (key, now);
                return key;
            case CallOutcome<JsonElement>.Refused:
                return null;
            default:
                throw new VendorUnavailableException($"{manifest.Title} does not tell the key of its signature at the moment.");
        }
    }

    private static string? Address(FetchedKeyRule rule, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return rule.Address.Find(document.RootElement) is { } found && ValueTemplate.Scalar(found) is { } text
                && Uri.TryCreate(text, UriKind.Absolute, out _)
                    ? text
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

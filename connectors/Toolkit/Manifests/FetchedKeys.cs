using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// The keys of signatures that a vendor hands out at an address which each delivery names. Nobody has proven anything when the address is
/// read: only the vendor's own host is asked, only for paths that the manifest names, and not more often than so. What it answered is kept
/// for a while, a refusal as well.
/// </summary>
internal sealed class FetchedKeys(Manifest manifest, ManifestConnector connector, TimeProvider clock)
{
    /// <summary>Addresses of a connection that told no key before are asked so often within <see cref="LookUpsWithin"/>.</summary>
    public const int MaxLookUps = 6;

    public static readonly TimeSpan LookUpsWithin = TimeSpan.FromMinutes(1);

    private const int MaxKept = 64;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefusedFor = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Connection, string Address), Answer> kept = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> lookUps = new(StringComparer.Ordinal);

    /// <summary>Returns null when the delivery names no address that may be asked, or the vendor tells no key there.</summary>
    /// <exception cref="VendorUnavailableException">The vendor cannot be asked now, or was asked too often.</exception>
    public async Task<byte[]?> FindAsync(
        Connection connection, FetchedKeyRule rule, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Address(rule, body) is not { } address)
            return null;
        var place = (connection.Name, address);
        var now = clock.GetUtcNow();
        var known = kept.GetValueOrDefault(place);
        if (known?.Counts(now) is true)
            return known.Key;
        // Where a key was told before it is read anew at any time: whoever makes up addresses does not use that up.
        if (known?.Key is null && !TryTake(connection.Name, now))
        {
            throw new VendorUnavailableException(
                $"{manifest.Title} is not asked for more than {MaxLookUps} new keys of {connection.Name} in a minute.");
        }
        switch (await connector.ReadLinkAsync(connection, address, cancellationToken))
        {
            case CallOutcome<JsonElement>.Done(var answer):
                var text = rule.Key.Find(answer) is { } found ? ValueTemplate.Scalar(found) : null;
                return Keep(place, new(string.IsNullOrEmpty(text) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(text)), now));
            case CallOutcome<JsonElement>.Refused:
                return Keep(place, new(null, now));
            default:
                throw new VendorUnavailableException($"{manifest.Title} does not tell the key of its signature at the moment.");
        }
    }

    private byte[]? Keep((string Connection, string Address) place, Answer answer)
    {
        if (kept.Count >= MaxKept)
        {
            foreach (var (old, _) in kept.Where(one => one.Value.Key is null || !one.Value.Counts(answer.ReadAt)))
                kept.TryRemove(old, out _);
        }
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[place] = answer;
        return answer.Key;
    }

    private bool TryTake(string connection, DateTimeOffset now)
    {
        lock (lookUps)
        {
            if (!lookUps.TryGetValue(connection, out var times))
                lookUps[connection] = times = new();
            while (times.TryPeek(out var first) && (now - first >= LookUpsWithin || now < first))
                times.Dequeue();
            if (times.Count >= MaxLookUps)
                return false;
            times.Enqueue(now);
            return true;
        }
    }

    private static string? Address(FetchedKeyRule rule, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return rule.Address.Find(document.RootElement) is { } found && ValueTemplate.Scalar(found) is { } text
                && Uri.TryCreate(text, UriKind.Absolute, out var address) && rule.Path.Accepts(address.PathAndQuery)
                    ? address.GetLeftPart(UriPartial.Query)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the vendor told at an address; null when that was no key.</summary>
    private sealed record Answer(byte[]? Key, DateTimeOffset ReadAt)
    {
        public bool Counts(DateTimeOffset now) => now >= ReadAt && now - ReadAt < (Key is null ? RefusedFor : KeptFor);
    }
}

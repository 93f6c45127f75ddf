using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Incidents;

/// <summary>The ids and keys that events are recognised and gathered by.</summary>
public static class EventKeys
{
    /// <summary>The same for every delivery of one fact over one connection, as in <c>E-3f9c0a1b2c3d4e5f</c>.</summary>
    public static string EventId(string connection, string sourceId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{connection}\n{sourceId}"), hash);
        return "E-" + Convert.ToHexStringLower(hash[..8]);
    }

    /// <summary>
    /// Kind, device and the part of it that is named: what belongs to one incident while it is open. A host counts by its short name,
    /// a user in full.
    /// </summary>
    public static string Correlation(string kind, string? device, bool aboutUser, string? part = null) =>
        Cause(kind) + "|" + (device is null ? "" : aboutUser ? device : ShortName(device)).ToLowerInvariant() + (part is null ? "" : "|" + part);

    /// <summary>Kind alone: what has the same cause on other devices.</summary>
    public static string Cause(string kind) => kind.ToLowerInvariant();

    /// <summary>A host name without its domain, as in <c>srv-file01</c> of <c>srv-file01.contoso.local</c>; an address stays whole.</summary>
    public static string ShortName(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || host.Contains('@', StringComparison.Ordinal) || IPAddress.TryParse(host, out _) ? host : host[..dot];
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger.Encryption;

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
    /// Kind, device and the part of it that is named: what belongs to one incident while it is open. A host counts by its short name. What
    /// was measured is left out where a device is named; without one it may be all that tells two alerts apart.
    /// </summary>
    public static string Correlation(string kind, string? device, string? part = null) =>
        (device is null ? kind.ToLowerInvariant() + "|" : Cause(kind) + "|" + ShortName(device).ToLowerInvariant())
            + (part is null ? "" : "|" + part);

    /// <summary>As <see cref="Correlation"/> for what concerns a user, whose name is not in it.</summary>
    public static string OfUser(string kind, DataKey user, string? part = null) =>
        Cause(kind) + "|" + user.Id + (part is null ? "" : "|" + Hidden(user, part));

    /// <summary>The same for the same text while the user's key exists, and telling nothing without it.</summary>
    public static string Hidden(DataKey user, string text)
    {
        Span<byte> hash = stackalloc byte[16];
        return user.TryDerive([.. "DevOpsAI alert keys 1\n"u8, .. Encoding.UTF8.GetBytes(text)], hash)
            ? Convert.ToHexStringLower(hash)
            : user.Id;
    }

    /// <summary>Kind alone, without what was measured: what has the same cause on other devices.</summary>
    public static string Cause(string kind) => Readings.Without(kind).ToLowerInvariant();

    /// <summary>The kind as part of an alert's own key, so that its end is found although another value is measured then.</summary>
    public static string InKey(string kind, string? device) => device is null ? kind : Readings.Without(kind);

    /// <summary>
    /// A host name without its domain, as in <c>srv-file01</c> of <c>srv-file01.contoso.local</c>; an address stays whole.
    /// </summary>
    public static string ShortName(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 || IsPerson(host) || IPAddress.TryParse(host, out _) ? host : host[..dot];
    }

    /// <summary>
    /// What stands before the name of a thing in a sentence: something is wrong <c>on</c> a device, and <c>for</c> a person.
    /// </summary>
    public static string Preposition(string? name) => name is not null && IsPerson(name) ? "for" : "on";

    private static bool IsPerson(string name) => name.Contains('@', StringComparison.Ordinal);
}

using System.Net;

namespace DevOpsAI.Common;

/// <summary>Addresses and networks as settings write them: <c>203.0.113.7, 2001:db8::/32</c>.</summary>
public static class Networks
{
    private static readonly char[] Separators = [',', ';', ' '];

    /// <summary>Those that can be read.</summary>
    public static IReadOnlyList<IPNetwork> Parse(string text) => [.. Split(text).Select(Read).OfType<IPNetwork>()];

    /// <summary>One sentence about each that cannot be read.</summary>
    public static IEnumerable<string> Problems(string text) => Split(text).Where(static one => Read(one) is null)
        .Select(static one =>
            $"'{(one.Length <= 60 ? one : one[..59] + "…")}' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.");

    /// <param name="address">Null for a peer without one, as on a Unix socket: it is in no network.</param>
    public static bool Contain(IReadOnlyList<IPNetwork> networks, IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && networks.Any(one => one.Contains(plain));
    }

    private static string[] Split(string text) =>
        text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A network, or one address as the network of it alone; null for what is neither.</summary>
    private static IPNetwork? Read(string text)
    {
        // "10.1" is 10.0.0.1 to the parser, and "10.1.2.010" has an octal 8; nobody who writes either means that.
        if (!text.Contains(':', StringComparison.Ordinal) && !IsQuad(text.Split('/')[0]))
            return null;
        if (IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var address) && !text.Contains('%', StringComparison.Ordinal)
            ? new(address, address.GetAddressBytes().Length * 8)
            : null;
    }

    private static bool IsQuad(string text) =>
        text.Split('.') is { Length: 4 } parts && parts.All(static part => byte.TryParse(part, out var value) && $"{value}" == part);
}

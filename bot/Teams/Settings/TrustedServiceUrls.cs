using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>
/// The addresses we call and, with an app id, hand our token to: whoever holds it acts as the bot anywhere. Hosts are compared whole,
/// never by suffix, since anyone can register a name under <c>trafficmanager.net</c>. In local mode: loopback only, and no token.
/// </summary>
public sealed class TrustedServiceUrls(IOptions<TeamsOptions> options)
{
    private readonly bool isLocal = options.Value.IsLocal;
    private readonly IReadOnlyList<string> hosts = options.Value.IsLocal ? [] : CloudEnvironment.From(options.Value).ServiceHosts;
    private readonly IReadOnlyList<Uri> extra = options.Value.IsLocal
        ? []
        : [.. options.Value.TrustedServiceUrls.Select(static url => new Uri(url))];

    /// <summary>May an activity name this address as the one to answer to?</summary>
    public bool IsTrusted(string? serviceUrl) => IsWellFormed(serviceUrl) && MayCall(new Uri(serviceUrl!));

    /// <summary>May a request go there? Looks at scheme, host, port and, for configured addresses, at the path.</summary>
    public bool MayCall(Uri address)
    {
        if (!address.IsAbsoluteUri || address.UserInfo.Length > 0)
            return false;
        if (isLocal)
            return IsHttp(address) && Loopback.Is(address);
        return (address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort
            && hosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            || extra.Any(trusted => IsBelow(address, trusted));
    }

    /// <summary>An absolute address in plain ASCII without user, query and fragment: https, or http on loopback.</summary>
    internal static bool IsWellFormed(string? url) =>
        url is { Length: > 0 and <= 2048 }
        && url.All(static character => character is > ' ' and < '\x7f' and not ('\\' or '@' or '?' or '#'))
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && Loopback.Is(uri)))
        && url.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Same scheme, host, port and path, letter case and a trailing slash aside.</summary>
    internal static bool AreSame(string one, string other) =>
        Uri.TryCreate(one, UriKind.Absolute, out var first)
        && Uri.TryCreate(other, UriKind.Absolute, out var second)
        && string.Equals(first.AbsoluteUri.TrimEnd('/'), second.AbsoluteUri.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private static bool IsHttp(Uri address) => address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps;

    private static bool IsBelow(Uri address, Uri trusted)
    {
        if (address.Scheme != trusted.Scheme || address.Port != trusted.Port
            || !address.Host.Equals(trusted.Host, StringComparison.OrdinalIgnoreCase))
            return false;
        var root = trusted.AbsolutePath.TrimEnd('/');
        return address.AbsolutePath.Equals(root, StringComparison.Ordinal)
            || address.AbsolutePath.StartsWith(root + "/", StringComparison.Ordinal);
    }
}

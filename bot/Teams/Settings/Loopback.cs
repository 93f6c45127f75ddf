using System.Net;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>This machine, by name or address.</summary>
internal static class Loopback
{
    private static readonly string[] HandingOn = ["Forwarded", "Via", "X-Real-IP", "X-Original-Host"];

    public static bool IsHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public static bool Is(Uri uri) => IsHost(uri.Host);

    /// <summary>No address means that there is no network between: a Unix socket, or a server inside this process.</summary>
    public static bool IsPeer(IPAddress? remote) => remote is null || IPAddress.IsLoopback(remote);

    /// <summary>A proxy or tunnel on this machine hands on what others ask, and says so.</summary>
    public static bool IsHandedOn(IHeaderDictionary headers) => headers.Keys.Any(static name =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || HandingOn.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>
    /// Somebody at this machine calls, and not on behalf of others: no proxy, no foreign host name (DNS rebinding), no page of another site
    /// in a browser here.
    /// </summary>
    public static bool IsCaller(HttpContext http)
    {
        var origin = http.Request.Headers.Origin.ToString();
        return IsPeer(http.Connection.RemoteIpAddress) && IsHost(http.Request.Host.Host) && !IsHandedOn(http.Request.Headers)
            && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == http.Request.Host.Value));
    }
}

/// <summary>The system's proxy, except for this machine.</summary>
internal sealed class ProxyExceptLoopback : IWebProxy
{
    public static readonly ProxyExceptLoopback Instance = new();

    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => Loopback.Is(host) || HttpClient.DefaultProxy.IsBypassed(host);
}

using System.Net;

namespace DevOpsAI.Bot.Teams;

/// <summary>This machine, by name or address.</summary>
internal static class Loopback
{
    public static bool IsHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public static bool Is(Uri uri) => IsHost(uri.Host);

    /// <summary>No address means that there is no network between: a Unix socket, or a server inside this process.</summary>
    public static bool IsPeer(IPAddress? remote) => remote is null || IPAddress.IsLoopback(remote);
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

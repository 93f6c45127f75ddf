using System.Net;

namespace DevOpsAI.Incidents;

/// <summary>
/// Names by which a machine, or what runs on it, calls the machine itself: in an alert they say nothing about which one it is.
/// </summary>
public static class SelfNames
{
    private static readonly string[] Names =
        ["localhost", "localhost.localdomain", "host.docker.internal", "gateway.docker.internal", "host.containers.internal",
            "host.minikube.internal", "ip6-localhost", "kubernetes.default"];

    /// <param name="host">Without port.</param>
    public static bool Is(string host)
    {
        var name = host.Trim().TrimEnd('.');
        return Names.Any(self => name.Equals(self, StringComparison.OrdinalIgnoreCase))
            || name.StartsWith("kubernetes.default.", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}

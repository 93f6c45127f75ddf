using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>Lets in whoever shows the token of a Sandbox connection, and to nothing but that connection's tenant.</summary>
internal sealed class SandboxDoor(IConnectionDirectory connections, ISecretSource secrets)
{
    private const string Scheme = "Bearer ";

    public Connection? WhoIs(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        Connection? found = null;
        // Every token is compared, so that the time it takes says nothing about which one was close.
        foreach (var connection in connections.All.Where(connection => connection.Connector == SandboxConnector.ConnectorName))
        {
            if (GetToken(connection) is { } token
                && CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(token))))
                found ??= connection;
        }
        return found;
    }

    private string? GetToken(Connection connection)
    {
        try
        {
            return InboundCredentials.Secret(connection, "Token") is { } token ? secrets.Read(token) : null;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }
}

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>The vendor's webhook: delivers an alert to the bot's own event intake, as any vendor would.</summary>
internal sealed class SandboxWebhook(IHttpClientFactory clients, SandboxAddress address, ISecretSource secrets)
{
    public const string ClientName = "sandbox-webhook";

    /// <summary>The intake's status and body.</summary>
    /// <exception cref="HttpRequestException">It could not be reached.</exception>
    public async Task<(int Status, string Body)> DeliverAsync(Connection connection, JsonObject alert, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address.Own(), $"api/events/{connection.Name}"))
            { Content = JsonContent.Create(alert) };
        if (InboundCredentials.Secret(connection, "Token") is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secrets.Read(token));
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }
}

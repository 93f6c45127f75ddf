using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using MediatR;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Change notifications, which prove themselves by the state that we gave when we subscribed. They are hints: what they name is read again
/// with the connection's own credentials. What is watched without notifications is read by <see cref="GraphWatcher"/>.
/// </summary>
internal sealed class GraphNotifications : IWebhookSource
{
    public string Connector => GraphDescription.ConnectorName;

    public bool IsSimulation => false;

    public InboundCredentials GetCredentials(Connection connection) => new(null, null, null, null)
    {
        SecretInBody = InboundCredentials.Secret(connection, GraphSettings.State) is { } state ? (state, States) : null,
    };

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) =>
        new NormalizeGraphNotifications(connection, request.Body);

    /// <summary>What it needs is asked for by <see cref="GraphConnector.Problems"/>, whose settings are the same.</summary>
    public IEnumerable<string> Problems(Connection connection) => [];

    /// <summary>The <c>clientState</c> of each notification; none when it cannot be read.</summary>
    private static List<string> States(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = InboundJson.Parse(body);
            return
            [
                .. document.RootElement.GetProperty("value").EnumerateArray()
                    .Select(static one => one.TryGetProperty("clientState", out var state) ? state : default)
                    .Where(static state => state.ValueKind == JsonValueKind.String).Select(static state => state.GetString()!),
            ];
        }
        catch (Exception unreadable)
            when (unreadable is MalformedEventException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }
}

using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>
/// Alerts of the simulated vendor, and of a newcomer with <c>curl</c>: one small JSON object. <c>Settings:Token</c> is its bearer token.
/// </summary>
public sealed class SandboxEvents : IWebhookSource
{
    public string Connector => "sandbox";

    public bool IsSimulation => true;

    public InboundCredentials GetCredentials(Connection connection) =>
        new(InboundCredentials.Secret(connection, "Token"), null, null, null);

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => new NormalizeSandboxEvent(request.Body);

    public IEnumerable<string> Problems(Connection connection)
    {
        if (!GetCredentials(connection).Any)
            yield return "Token: missing.";
    }
}

/// <summary>Reads <c>{ "kind": "...", "device": "...", "severity": "...", "title": "..." }</c>; other members become attributes.</summary>
public sealed record NormalizeSandboxEvent(ReadOnlyMemory<byte> Body) : IRequest<NormalizedEvents>;

internal sealed class NormalizeSandboxEventHandler(TimeProvider clock) : IRequestHandler<NormalizeSandboxEvent, NormalizedEvents>
{
    private static readonly HashSet<string> Known = ["kind", "device", "user", "severity", "title", "description", "status", "id", "time"];

    public Task<NormalizedEvents> Handle(NormalizeSandboxEvent request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(new NormalizedEvents([Read(document.Root())]));
    }

    private ConnectorEvent Read(JsonField alert)
    {
        var kind = alert.GetText("kind");
        var user = alert.FindText("user");
        var device = user ?? alert.FindText("device");
        var status = alert.FindText("status") switch
        {
            null or "firing" => EventStatus.Firing,
            "resolved" => EventStatus.Resolved,
            _ => throw alert.Get("status").Malformed("must be \"firing\" or \"resolved\"."),
        };
        // Without an id two deliveries cannot be told from two alerts, and counting an alert twice is better than losing one.
        var id = alert.FindText("id") is { Length: > 0 } sent
            ? $"{sent}/{(status == EventStatus.Firing ? "firing" : "resolved")}"
            : Guid.NewGuid().ToString("n");
        var title = alert.FindText("title");
        var time = alert.Find("time")?.AsTime();
        if (string.IsNullOrWhiteSpace(title))
            title = device is null ? kind : $"{kind} {EventKeys.Preposition(device)} {device}";
        return new(
            id,
            status,
            Severities.Parse(alert.FindText("severity")),
            kind,
            device,
            title,
            alert.FindText("description"),
            $"{EventKeys.InKey(kind, device)}|{device}".ToLowerInvariant(),
            time ?? clock.GetUtcNow(),
            Attributes(alert),
            user is not null,
            KeyIsCoarse: true)
        {
            IsTimedBySource = time is not null,
        };
    }

    private static Dictionary<string, string> Attributes(JsonField alert)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (name, value) in alert.Members())
        {
            if (!Known.Contains(name) && value.Kind != JsonValueKind.Null)
                attributes[name] = value.AsScalar() ?? throw value.Malformed("must be a string, a number or a boolean.");
        }
        return attributes;
    }
}

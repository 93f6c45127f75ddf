using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using MediatR;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>
/// Prometheus Alertmanager's webhook, version 4. It has no signature, so deliveries prove themselves with
/// <c>Settings:Bearer</c>, <c>Settings:Username</c> and <c>Settings:Password</c>, or a client certificate
/// (<c>Settings:CertificateThumbprint</c>), as <c>http_config</c> on its side is set.
/// </summary>
public sealed class AlertmanagerSource : IWebhookSource
{
    public string Connector => AlertmanagerCatalog.Name;

    public bool IsSimulation => false;

    public InboundCredentials GetCredentials(Connection connection) => new(
        InboundCredentials.Secret(connection, "Bearer"),
        connection.Settings.GetValueOrDefault("Username"),
        InboundCredentials.Secret(connection, "Password"),
        null)
    {
        TakesTokenInAddress = InboundCredentials.MayBeInAddress(connection),
        Thumbprints = InboundCredentials.ReadThumbprints(connection),
    };

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => new NormalizeAlertmanager(request.Body);

    public IEnumerable<string> Problems(Connection connection)
    {
        var credentials = GetCredentials(connection);
        if (!credentials.Any)
            yield return "Bearer: missing; set it, or Username and Password, or CertificateThumbprint.";
        if (credentials.Password is null != string.IsNullOrWhiteSpace(credentials.Username))
            yield return "Username: Username and Password go together.";
        if (credentials.Username?.Contains(':', StringComparison.Ordinal) is true)
            yield return "Username: must not contain a colon.";
        foreach (var problem in InboundCredentials.AddressProblems(connection)
            .Concat(InboundCredentials.ThumbprintProblems(connection)).Concat(AlertmanagerApi.Problems(connection)))
            yield return problem;
    }
}

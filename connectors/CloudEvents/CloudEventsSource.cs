using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using MediatR;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>
/// CloudEvents 1.0 over HTTP in structured, binary and batch mode. Deliveries prove themselves with a signature over the body
/// (<c>Settings:HmacSecret</c>), a token (<c>Settings:Bearer</c>, in the header, or as <c>access_token</c> where the connection allows it)
/// or a client certificate (<c>Settings:CertificateThumbprint</c>). In binary mode the signature does not cover the attributes, which are
/// headers, and a signed body can be sent again under others: there a signature alone proves nothing, unless
/// <c>Settings:SignedAttributes = optional</c> says so.
/// </summary>
public sealed class CloudEventsSource : IWebhookSource
{
    internal static readonly ConnectorDescription Description = new(
        "cloudevents", "CloudEvents", IsSimulation: false, SendsEvents: true,
        [
            SettingDescription.SenderSecret("Bearer"), SettingDescription.SenderSecret("HmacSecret"), SettingDescription.SenderCertificate,
        ],
        [], [], []);

    public string Connector => Description.Name;

    public bool IsSimulation => false;

    public InboundCredentials GetCredentials(Connection connection) =>
        new(InboundCredentials.Secret(connection, "Bearer"), null, null, InboundCredentials.Secret(connection, "HmacSecret"))
        {
            TakesTokenInAddress = InboundCredentials.MayBeInAddress(connection),
            Thumbprints = InboundCredentials.ReadThumbprints(connection),
        };

    public bool SignatureSuffices(Connection connection, WebhookRequest request) =>
        !NeedsSignedAttributes(connection) || ContentModes.For(request) != ContentMode.Binary;

    public bool Understands(WebhookRequest request) => ContentModes.For(request) is not null;

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => ContentModes.For(request) switch
    {
        ContentMode.Batch => new NormalizeCloudEventBatch(request.Body),
        ContentMode.Structured => new NormalizeCloudEvent(request.Body),
        _ => new NormalizeBinaryCloudEvent(request.ContentType, request.Headers, request.Body),
    };

    public IEnumerable<string> Problems(Connection connection)
    {
        if (!GetCredentials(connection).Any)
            yield return "HmacSecret: missing; set it, or Bearer, or CertificateThumbprint.";
        if (connection.Settings.TryGetValue(SignedAttributes, out var value) && value is not ("optional" or "required"))
            yield return $"{SignedAttributes}: must be optional or required.";
        foreach (var problem in InboundCredentials.AddressProblems(connection).Concat(InboundCredentials.ThumbprintProblems(connection)))
            yield return problem;
    }

    private const string SignedAttributes = "SignedAttributes";

    private static bool NeedsSignedAttributes(Connection connection) =>
        connection.Settings.GetValueOrDefault(SignedAttributes) != "optional";
}

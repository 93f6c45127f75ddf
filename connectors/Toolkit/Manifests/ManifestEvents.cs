using DevOpsAI.Connections;
using MediatR;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>A vendor that sends events, as its manifest says.</summary>
internal sealed class ManifestEvents(Manifest manifest, WebhookManifest webhook, ManifestConnector connector, TimeProvider clock)
    : IWebhookSource
{
    private readonly FetchedKeys keys = new(manifest, connector, clock);

    public string Connector => manifest.Name;

    public bool IsSimulation => false;

    public InboundCredentials GetCredentials(Connection connection)
    {
        var sender = webhook.Sender;
        var secret = sender is { Setting: { } setting, Proof: not SenderProof.Certificate }
            ? InboundCredentials.Secret(connection, setting)
            : null;
        return new InboundCredentials(
            sender.Proof == SenderProof.Bearer ? secret : null,
            sender.UsernameSetting is { } username ? connection.Settings.GetValueOrDefault(username) : null,
            sender.Proof == SenderProof.Basic ? secret : null,
            sender.Proof == SenderProof.Hmac ? secret : null)
        {
            TakesTokenInAddress = InboundCredentials.MayBeInAddress(connection),
            SecretHeader = sender.Proof == SenderProof.Header && secret is { } expected ? (sender.Header!, expected) : null,
            Signature = sender.Proof is SenderProof.Hmac or SenderProof.FetchedKey ? (sender.Header!, sender.Algorithm) : null,
            SignedTime = sender.Time is { } time
                ? time with { Text = time.Text.With(VendorCredentials.Given(manifest, connection)) }
                : null,
            IsKeyBase64 = sender.IsKeyBase64,
            SecretInBody = sender.Member is { } member && secret is { } written ? (written, member.Find) : null,
            Thumbprints = sender is { Setting: { } print, Proof: SenderProof.Certificate }
                ? InboundCredentials.ReadThumbprints(connection, print)
                : [],
            SigningKey = sender.FetchedKey is { } rule ? (body, stop) => keys.FindAsync(connection, rule, body, stop) : null,
        };
    }

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => new NormalizeByManifest(
        manifest.Title, webhook, VendorCredentials.Given(manifest, connection), request.Body,
        (record, given, stop) => connector.ReadAsync(connection, record, given, stop));

    /// <summary>What it needs is asked for by <see cref="ManifestConnector.Problems"/>, whose settings are the same.</summary>
    public IEnumerable<string> Problems(Connection connection) => InboundCredentials.AddressProblems(connection).Concat(
        webhook.Sender is { Setting: { } print, Proof: SenderProof.Certificate }
            ? InboundCredentials.ThumbprintProblems(connection, print)
            : []);
}

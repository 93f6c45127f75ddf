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
        var secret = sender.Setting is { } setting ? InboundCredentials.Secret(connection, setting) : null;
        return new InboundCredentials(
            sender.Proof == SenderProof.Bearer ? secret : null,
            sender.UsernameSetting is { } username ? connection.Settings.GetValueOrDefault(username) : null,
            sender.Proof == SenderProof.Basic ? secret : null,
            sender.Proof == SenderProof.Hmac ? secret : null)
        {
            TakesTokenInAddress = InboundCredentials.MayBeInAddress(connection),
            SecretHeader = sender.Proof == SenderProof.Header && secret is { } expected ? (sender.Header!, expected) : null,
            Signature = sender.Proof is SenderProof.Hmac or SenderProof.FetchedKey ? (sender.Header!, sender.Algorithm) : null,
            SigningKey = sender.FetchedKey is { } rule ? (body, stop) => keys.FindAsync(connection, rule, body, stop) : null,
        };
    }

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => new NormalizeByManifest(
        manifest.Title, webhook, VendorCall.Given(manifest, connection), request.Body,
        (record, given, stop) => connector.ReadAsync(connection, record, given, stop));

    /// <summary>What it needs is asked for by <see cref="ManifestConnector.Problems"/>, whose settings are the same.</summary>
    public IEnumerable<string> Problems(Connection connection) => InboundCredentials.AddressProblems(connection);
}

/// <summary>Reads a delivery as a manifest says.</summary>
internal sealed record NormalizeByManifest(
    string Vendor, WebhookManifest Webhook, IReadOnlyDictionary<string, string> Given, ReadOnlyMemory<byte> Body)
    : IRequest<NormalizedEvents>;

internal sealed class NormalizeByManifestHandler(TimeProvider clock) : IRequestHandler<NormalizeByManifest, NormalizedEvents>
{
    private readonly EventReader reader = new(clock);

    public Task<NormalizedEvents> Handle(NormalizeByManifest request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(new NormalizedEvents([.. Read(request, document.RootElement)]));
    }

    private List<ConnectorEvent> Read(NormalizeByManifest request, JsonElement root)
    {
        foreach (var rule in request.Webhook.Events)
        {
            if (!rule.When.All(one => one.Holds(new(root, request.Given))))
                continue;
            if (rule.Ignore)
                return [];
            if (rule.Each is not { } each)
                return [reader.Read(request.Vendor, rule, root, request.Given, "")];
            if (each.Find(root) is not { ValueKind: JsonValueKind.Array } list)
                throw new MalformedEventException(each.ToString(), "must be a list of events.");
            var at = each.ToString() is "$" ? "" : each.ToString();
            return [.. list.EnumerateArray().Select(
                (item, index) => reader.Read(request.Vendor, rule, item, request.Given, $"{at}[{index}]."))];
        }
        throw new MalformedEventException("body", $"is none of the events that {request.Vendor} is known to send.");
    }
}
